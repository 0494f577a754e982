"""Curricula as data: versions, sections, competencies, modules and their rules, and the files they come from."""
