"""A curriculum as a document: what our own file format, tracker-curriculum/1, says."""

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from tracker.curricula.conditions import ALL, UNSAID, Condition, Due, SectionRule, Signatures
from tracker.curricula.models import SectionKind
from tracker.curricula.rules import EvidenceRule

Path = tuple[str | int, ...]  # from the top of a document to a value in it: ("kinds", 0, "evidence", "entries")


@dataclass(frozen=True)
class Setting:
    """A number that no source gives: the curriculum chose it, and says so by naming it."""

    code: str
    value: int
    title: str


@dataclass(frozen=True, order=True)
class Use:
    """A place where the document names a setting instead of a number."""

    path: Path
    setting: str


@dataclass(frozen=True)
class Source:
    """Where something in the curriculum comes from."""

    code: str
    title: str
    address: str = ""


@dataclass(frozen=True, kw_only=True)
class Origin:
    """What a part was called in the file of another format that it came from.

    Shape: `kept` is JSON of what that file said and we have no field for, in ASCII.
    """

    format: str = ""  # of a whole document: case or moodle
    identifier: str = ""
    uri: str = ""
    kept: str = ""


@dataclass(frozen=True, kw_only=True)
class Link:
    """A relation that the tree does not show, between parts or to something elsewhere, in the words of its format.

    Shape: `start` and `end` are the identifiers of the parts' origins or else their codes; `kept` is as in Origin.
    """

    kind: str
    start: str
    end: str
    kept: str = ""


@dataclass(frozen=True)
class Level:
    """A level at which a competency can be signed off."""

    value: int
    title: str
    meaning: str = ""


@dataclass(frozen=True)
class Scale:
    """The levels of a curriculum. Order: as the document has them."""

    title: str
    levels: tuple[Level, ...]


class FieldKind(StrEnum):
    """What the answer to a question of an assessment form is."""

    TEXT = "text"  # a line
    LONG_TEXT = "long_text"
    CHOICE = "choice"  # the words of one of the field's choices
    NUMBER = "number"  # whole, not negative
    YES_NO = "yes_no"
    LEVEL = "level"  # of the curriculum's scale


@dataclass(frozen=True)
class FormField:
    """A question of an assessment form. Shape: `code` is small letters, digits and underscores."""

    code: str
    label: str
    kind: FieldKind
    required: bool = False
    hint: str = ""
    choices: tuple[str, ...] = ()


# Help given and help to allow are two questions: what was needed this once does not say what may be risked next time.
STANDARD_FIELDS = (
    FormField("help_given", "How much help was needed this time?", FieldKind.LEVEL, required=True),
    FormField("help_next", "How much help should be given next time?", FieldKind.LEVEL, required=True),
    FormField("strengths", "What went well?", FieldKind.LONG_TEXT),
    FormField("to_improve", "What could be better?", FieldKind.LONG_TEXT),
    FormField("agreed_action", "What did you agree to do next?", FieldKind.LONG_TEXT),
)


@dataclass(frozen=True)
class Form:
    """An assessment form, such as DOPS."""

    code: str
    title: str
    meaning: str = ""
    needs_registration: bool = False  # whoever fills it in is on a register
    fewest_answers: int | None = None  # of a form that several colleagues answer: with fewer, nobody sees the sums
    fields: tuple[FormField, ...] = ()

    @property
    def asked(self) -> tuple[FormField, ...]:
        """The questions of the form; one that has none of its own asks the standard set."""
        return self.fields or STANDARD_FIELDS


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of competency: the level it needs and the evidence rule it carries."""

    code: str
    title: str
    meaning: str = ""
    level: int
    evidence: EvidenceRule
    validity_months: int | None = None  # how long a sign-off is valid; empty: for ever


@dataclass(frozen=True, kw_only=True)
class Competency:
    """Something that a trainee must be able to do."""

    code: str
    statement: str
    guidance: str = ""
    kind: str
    level: int | None = None  # empty: the kind's
    expected_month: int | None = None
    points: int = 1  # towards a section that asks for points
    weight: int = 1  # in the percentage that is done
    register_scopes: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True)
class Component:
    """An assessed part of a module."""

    code: str
    title: str
    weight_percent: Decimal
    pass_mark_percent: Decimal | None = None  # empty: only the whole must pass
    must_pass: bool = False


@dataclass(frozen=True, kw_only=True)
class Module:
    """A distance-learning module."""

    code: str
    title: str
    about: str = ""
    provider: str = ""
    study_level: int | None = None
    credits: int
    pass_mark_percent: Decimal
    attempts_allowed: int | None = None
    expected_month: int | None = None
    points: int = 1
    weight: int = 1
    sources: tuple[str, ...] = ()
    components: tuple[Component, ...]
    origin: Origin | None = None


@dataclass(frozen=True)
class Section:
    """A node of the tree. Order of its parts: competencies, modules, sections."""

    code: str
    title: str
    kind: SectionKind
    rule: SectionRule = ALL
    sources: tuple[str, ...] = ()
    competencies: tuple[Competency, ...] = ()
    modules: tuple[Module, ...] = ()
    sections: tuple["Section", ...] = ()
    origin: Origin | None = None


@dataclass(frozen=True)
class Outcome:
    """What a review, or the whole training, can come to."""

    code: str
    title: str
    meaning: str = ""


@dataclass(frozen=True, kw_only=True)
class Review:
    """A meeting that the curriculum expects, and what it can come to: without outcomes of its own, any outcome."""

    code: str
    title: str
    expected_month: int | None = None
    milestone: str = ""  # held at this milestone
    outcomes: tuple[str, ...] = ()


@dataclass(frozen=True)
class Milestone:
    """A named checkpoint: when it is due, and what must be met by then."""

    code: str
    title: str
    due: Due
    condition: Condition


@dataclass(frozen=True)
class Grade:
    """A grade of the profession, and what the next one asks for."""

    band: str
    title: str
    asks: str = ""


@dataclass(frozen=True, kw_only=True)
class Document:
    """A whole curriculum. With competencies it is a scheme, with modules an award, with both both."""

    code: str
    title: str
    language: str = "en-GB"
    length_months: int
    owner: str = ""
    settings: tuple[Setting, ...] = ()
    sources: tuple[Source, ...] = ()
    scale: Scale | None = None
    assessments: tuple[Form, ...] = ()
    kinds: tuple[Kind, ...] = ()
    signatures: Signatures = UNSAID
    entry_requirements: tuple[str, ...] = ()  # a checklist, before the training begins
    outcomes: tuple[Outcome, ...] = ()
    reviews: tuple[Review, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    grades: tuple[Grade, ...] = ()
    sections: tuple[Section, ...]
    origin: Origin | None = None
    links: tuple[Link, ...] = ()
    uses: tuple[Use, ...] = ()

    def form(self, code: str) -> Form:
        """The assessment form with this code. Raises KeyError."""
        return {form.code: form for form in self.assessments}[code]

    def every_section(self) -> Iterator[Section]:
        """Each section of the tree. Order: as the document has them, a section before its parts."""
        for section in self.sections:
            yield from _with_parts(section)


def _with_parts(section: Section) -> Iterator[Section]:
    yield section
    for part in section.sections:
        yield from _with_parts(part)
