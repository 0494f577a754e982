"""Notices: written with the change they tell of, shown on a page, and mailed by the worker."""
