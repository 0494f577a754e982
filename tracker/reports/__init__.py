"""Reads only: where a trainee, a queue and a cohort stand, as pages, documents and commands, with the same numbers."""
