"""A small curriculum that uses every field, and any curriculum at all."""

from decimal import Decimal

from hypothesis import strategies as st

from tracker.curricula.document import (
    Competency,
    Component,
    Document,
    Form,
    Kind,
    Level,
    Module,
    Scale,
    Section,
    Setting,
    Source,
    Use,
)
from tracker.curricula.models import SectionKind
from tracker.curricula.plain_data import percent
from tracker.curricula.rules import PARTS, EvidenceRule, Mix

GOOD = """\
format: tracker-curriculum/1
code: NURSE-1
title: A test scheme
language: en-GB
length_months: 24
owner: A department
settings:
  - { code: least, value: 3, title: Chosen by us }
sources:
  - { code: book, title: A book, address: "https://example.org/book" }
scale:
  title: Help needed
  levels:
    - { value: 1, title: Watches, meaning: Looks on }
    - { value: 2, title: Does it }
assessments:
  - { code: DOPS, title: Direct observation }
  - { code: MSF, title: Many views }
kinds:
  - code: plain
    title: Plain
    level: 2 # of the kind
    evidence:
      entries: { setting: least }
      days: 2
      span_days: 28
      max_age_days: 730
      part: { count: 1, any_of: [supervised] }
      assessments: [{ count: 1, any_of: [DOPS] }]
      scaled: [entries]
sections:
  - code: GEN
    title: General
    kind: generic
    sources: [book]
    competencies:
      - code: GEN-1
        statement: Do the first thing.
        guidance: >
          First line
          and its second line.
        kind: plain # used
        level: 1 # of its own
        expected_month: 12
        register_scopes: [One scope]
  - code: A
    title: An area
    kind: area # top
    sections:
      - code: A-T
        title: A theme
        kind: theme
        competencies:
          - code: A-1
            statement: Do the second thing.
            kind: plain
  - code: MOD # section
    title: Modules
    kind: generic
    modules:
      - code: M-1
        title: A module
        about: What it is about
        provider: Somebody
        study_level: 6
        credits: 20
        pass_mark_percent: 40 # whole
        attempts_allowed: 2
        components:
          - { code: CW, title: Coursework, weight_percent: 37.5 }
          - { code: EX, title: Examination, weight_percent: 62.5, pass_mark_percent: 40, must_pass: true }
""".replace("            statement: Do the second", "        statement: Do the second")

CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,10}", fullmatch=True)
SIGNS = st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]) | st.sampled_from(" '\"#:-&*!|>%@`{}[],?~")


def _tidy(text: str) -> str:
    import unicodedata

    return " ".join(unicodedata.normalize("NFC", text).split())


LINES = st.text(SIGNS, min_size=1, max_size=40).map(_tidy).filter(bool)
TEXTS = st.lists(LINES, max_size=3).map("\n".join)
