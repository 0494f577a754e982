"""A small curriculum that uses every field, and any curriculum at all."""

import json
import unicodedata
from decimal import Decimal

from hypothesis import strategies as st

from tracker.curricula.document import (
    Competency,
    Component,
    Document,
    FieldKind,
    Form,
    FormField,
    Kind,
    Level,
    Link,
    Module,
    Origin,
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
  - code: DOPS
    title: Direct observation
    meaning: Somebody watches.
    needs_registration: true
    fields:
      - { code: task, label: What was done?, kind: text, required: true, hint: In a few words }
      - { code: hard, label: How hard was it?, kind: choice, choices: [easy, hard] }
      - { code: help, label: Help given, kind: level } # asked
  - { code: MSF, title: Many views, fewest_answers: 4 }
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
    validity_months: 24
signatures: { item: assessor, section: supervisor, whole: training_lead }
entry_requirements: [A post as a trainee]
outcomes:
  - { code: good, title: Going well, meaning: Nothing is needed. }
  - { code: more, title: More time }
reviews:
  - { code: R1, title: First review, expected_month: 12, outcomes: [good] } # first
  - { code: R2, title: Second review, milestone: Y2 }
milestones:
  - code: Y1
    title: First year
    due: { month: 12 } # first
    condition: { section: GEN } # first
  - code: Y2
    title: Second year
    due: { day: 30, month_of_year: 9, year: 2 } # second
    condition:
      all:
        - { section: GEN, percent: 50 }
        - { review: R1, from: { day: 1, month_of_year: 9 }, to: { day: 30, month_of_year: 9 }, year: 2 } # window
        - any:
            - { requirement: M-1 } # either
            - all: [{ overall: 60 }, { credits: 20 }, { review: R2 }] # or
grades:
  - { band: Band 4, title: Trainee, asks: Registration }
sections:
  - code: GEN
    title: General
    kind: generic
    rule: { points: 2, compulsory: [GEN-1] } # points
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
        points: 2
        weight: 3
        register_scopes: [One scope]
  - code: A
    title: An area
    kind: area # top
    sections:
      - code: A-T
        title: A theme
        kind: theme
        rule: { at_least: 1 } # least
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
"""

CODES = st.from_regex(r"[A-Za-z0-9][A-Za-z0-9._-]{0,10}", fullmatch=True)
SIGNS = st.characters(blacklist_categories=["Cc", "Cs", "Zl", "Zp", "Zs"]) | st.sampled_from(" '\"#:-&*!|>%@`{}[],?~")


def _tidy(text: str) -> str:
    return " ".join(unicodedata.normalize("NFC", text).split())


LINES = st.text(SIGNS, min_size=1, max_size=40).map(_tidy).filter(bool)
TEXTS = st.lists(LINES, max_size=3).map("\n".join)
KEPT = st.just("") | st.dictionaries(st.text(max_size=5), st.text(max_size=20), min_size=1).map(json.dumps)
ORIGINS = st.none() | st.builds(Origin, identifier=CODES, uri=LINES, kept=KEPT)
LINKS = st.builds(Link, kind=st.sampled_from(["isRelatedTo", "precedes"]), start=CODES, end=LINES, kept=KEPT)
PERCENTS = st.integers(0, 10000).map(lambda hundredths: percent(Decimal(hundredths) / 100))
NUMBERS = st.integers(1, 1000)


def _some(values: list[str], least: int = 0) -> st.SearchStrategy[tuple[str, ...]]:
    return (
        st.lists(st.sampled_from(values), unique=True, min_size=least, max_size=4).map(tuple) if values else st.just(())
    )


@st.composite
def _evidence(draw: st.DrawFn, forms: list[str]) -> EvidenceRule:
    entries = draw(st.just(0) | NUMBERS)
    mixes = st.lists(st.builds(Mix, NUMBERS, _some(forms, 1)), max_size=2) if forms else st.just([])
    return EvidenceRule(
        entries=entries,
        times=draw(st.just(0) | NUMBERS),
        days=draw(st.integers(1, entries)) if entries else 0,
        span_days=draw(st.integers(0, 100)),
        reflections=draw(st.just(0) | NUMBERS),
        assessments=tuple(draw(mixes)),
        assessors=draw(st.integers(0, 5)),
        action_plan=draw(st.booleans()),
        part=draw(st.none() | st.builds(Mix, NUMBERS, _some(list(PARTS), 1))),
        max_age_days=draw(st.none() | st.integers(100, 4000)),
        since_enrolment=draw(st.booleans()),
        scaled=draw(_some(["entries"])) if entries else (),
    )


@st.composite
def _form_field(draw: st.DrawFn) -> FormField:
    kind = draw(st.sampled_from(list(FieldKind)))
    choices = draw(st.lists(LINES, min_size=1, max_size=3, unique=True)) if kind is FieldKind.CHOICE else []
    code = draw(st.from_regex(r"[a-z][a-z0-9_]{0,10}", fullmatch=True))
    return FormField(code, draw(LINES), kind, draw(st.booleans()), draw(st.just("") | LINES), tuple(choices))


def _form(code: str) -> st.SearchStrategy[Form]:
    fields = st.lists(_form_field(), max_size=3, unique_by=lambda field: field.code).map(tuple)
    fewest = st.none() | st.integers(2, 50)
    return st.builds(
        Form, st.just(code), LINES, TEXTS, needs_registration=st.booleans(), fewest_answers=fewest, fields=fields
    )


@st.composite
def _module(draw: st.DrawFn, code: str, months: int, sources: list[str]) -> Module:
    first = draw(PERCENTS)
    own = st.none() | PERCENTS
    components = (
        Component("C1", draw(LINES), first, draw(own), draw(st.booleans())),
        Component("C2", draw(LINES), percent(100 - first), draw(own), draw(st.booleans())),
    )
    return Module(
        code=code,
        title=draw(LINES),
        about=draw(TEXTS),
        provider=draw(st.just("") | LINES),
        study_level=draw(st.none() | st.integers(1, 8)),
        credits=draw(st.integers(1, 360)),
        pass_mark_percent=draw(PERCENTS),
        attempts_allowed=draw(st.none() | st.integers(1, 20)),
        expected_month=draw(st.none() | st.integers(1, months)),
        sources=draw(_some(sources)),
        components=components,
        origin=draw(ORIGINS),
    )


@st.composite
def documents(draw: st.DrawFn) -> Document:
    """Any document that check takes: a generic section with a module, and an area with a competency in a theme."""
    months = draw(st.integers(1, 120))
    sources = [Source(code, draw(LINES)) for code in draw(st.lists(CODES, unique=True, max_size=3))]
    forms = [draw(_form(code)) for code in draw(st.lists(CODES, unique=True, max_size=3))]
    setting = Setting("least", draw(st.integers(1, 1000)), draw(LINES))
    levels = tuple(Level(value, draw(LINES), draw(TEXTS)) for value in range(draw(st.integers(1, 4))))
    named = [source.code for source in sources]
    kind = Kind(
        code=draw(CODES),
        title=draw(LINES),
        meaning=draw(TEXTS),
        level=draw(st.sampled_from(levels)).value,
        evidence=EvidenceRule(reflections=setting.value)
        if draw(st.booleans())
        else draw(_evidence([each.code for each in forms])),
        validity_months=draw(st.none() | st.integers(1, 120)),
    )
    competency = Competency(
        code=draw(CODES),
        statement=draw(LINES),
        guidance=draw(TEXTS),
        kind=kind.code,
        level=draw(st.none() | st.sampled_from(levels).map(lambda level: level.value)),
        expected_month=draw(st.none() | st.integers(1, months)),
        register_scopes=tuple(draw(st.lists(LINES, unique=True, max_size=2))),
        sources=draw(_some(named)),
        origin=draw(ORIGINS),
    )
    module = draw(_module(competency.code + "m", months, named))
    theme = Section("T", draw(LINES), SectionKind.THEME, competencies=(competency,), origin=draw(ORIGINS))
    uses = (
        (Use(("kinds", 0, "evidence", "reflections"), setting.code),)
        if kind.evidence.reflections == setting.value
        else ()
    )
    return Document(
        code=draw(CODES),
        title=draw(LINES),
        language=draw(st.sampled_from(["en-GB", "cy"])),
        length_months=months,
        owner=draw(st.just("") | LINES),
        settings=(setting,),
        sources=tuple(sources),
        scale=Scale(draw(LINES), levels),
        assessments=tuple(forms),
        kinds=(kind,),
        sections=(
            Section("G", draw(LINES), SectionKind.GENERIC, sources=draw(_some(named)), modules=(module,)),
            Section("A", draw(LINES), SectionKind.AREA, sections=(theme,)),
        ),
        origin=draw(st.none() | st.builds(Origin, format=st.just("case"), identifier=CODES, uri=LINES, kept=KEPT)),
        links=tuple(draw(st.lists(LINKS, max_size=2))),
        uses=uses,
    )
