"""Meetings at which a training is looked at by both sides, and what they came to."""
