"""Assessments: asking somebody who watched or discussed, their answers, and what becomes of these."""
