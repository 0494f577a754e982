"""A version of a curriculum as pages, rules and reports read it: plain values that can be kept between requests."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from uuid import UUID

from tracker.curricula.conditions import ALL, UNSAID, SectionRule, Signatures
from tracker.curricula.document import Form, Grade, Kind, Level, Milestone, Outcome, Review
from tracker.curricula.models import RequirementKind, SectionKind
from tracker.curricula.rules import EvidenceRule


@dataclass(frozen=True)
class SectionOutline:
    """A section of the tree."""

    id: UUID
    code: str
    title: str
    kind: SectionKind
    parent_id: UUID | None
    ancestors: tuple[UUID, ...]  # from the top of the tree down to the parent
    rule: SectionRule = ALL

    @property
    def depth(self) -> int:
        """How deep the section stands: 0 at the top."""
        return len(self.ancestors)


@dataclass(frozen=True)
class ComponentOutline:
    """An assessed part of a module."""

    id: UUID
    code: str
    title: str
    weight_percent: Decimal
    pass_mark_percent: Decimal | None
    must_pass: bool


@dataclass(frozen=True)
class RequirementOutline:
    """A competency or a module. Only a competency has kind, rule and level, only a module credits and parts."""

    id: UUID
    code: str
    title: str  # a competency's statement, a module's title
    section_id: UUID
    requirement_kind: RequirementKind
    text: str  # a competency's guidance, what a module is about
    expected_month: int | None
    points: int = 1  # towards a section that asks for points
    weight: int = 1  # in the percentage that is done
    register_scopes: tuple[str, ...] = ()
    kind: str | None = None
    rule: EvidenceRule | None = None
    level: int | None = None  # its own, or its kind's
    validity_months: int | None = None  # of a sign-off; empty: for ever
    provider: str | None = None
    study_level: int | None = None
    credits: int | None = None
    pass_mark_percent: Decimal | None = None
    attempts_allowed: int | None = None
    components: tuple[ComponentOutline, ...] = ()


@dataclass(frozen=True)
class Outline:
    """A version of a curriculum. Order: sections and requirements as in the document, a section before its parts."""

    version_id: UUID
    code: str
    number: int
    title: str
    owner: str
    length_months: int
    levels: tuple[Level, ...]
    kinds: tuple[Kind, ...]
    assessments: tuple[Form, ...]
    sections: tuple[SectionOutline, ...]
    requirements: tuple[RequirementOutline, ...]
    signatures: Signatures = UNSAID
    entry_requirements: tuple[str, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    reviews: tuple[Review, ...] = ()
    milestones: tuple[Milestone, ...] = ()
    grades: tuple[Grade, ...] = ()

    def section(self, section_id: UUID) -> SectionOutline:
        """The section with this id. Raises KeyError when it is of another version."""
        return self._sections[section_id]

    def requirement(self, requirement_id: UUID) -> RequirementOutline:
        """The requirement with this id. Raises KeyError when it is of another version."""
        return self._requirements[requirement_id]

    def form(self, code: str) -> Form:
        """The assessment form with this code. Raises KeyError when the curriculum has none such."""
        return self._forms[code]

    def outcomes_of(self, review_code: str) -> tuple[Outcome, ...]:
        """What a review can come to: its own outcomes, or any where it names none or is none of the curriculum's."""
        named = next((review.outcomes for review in self.reviews if review.code == review_code), ())
        return tuple(each for each in self.outcomes if not named or each.code in named)

    def within(self, section_id: UUID) -> tuple[UUID, ...]:
        """The section and those around it. Order: from the top of the tree down to the section itself."""
        return (*self.section(section_id).ancestors, section_id)

    def chosen(self, area_ids: Collection[UUID]) -> tuple[RequirementOutline, ...]:
        """The requirements of somebody who takes these areas: what is in them, and what is in generic sections."""
        taken = {section.id for section in self.sections if self.applies(section.id, area_ids)}
        return tuple(each for each in self.requirements if each.section_id in taken)

    def applies(self, section_id: UUID, area_ids: Collection[UUID]) -> bool:
        """Whether somebody who takes these areas takes this section. A theme goes with the section around it."""
        top = self.section(self.within(section_id)[0])
        return top.kind is SectionKind.GENERIC or top.id in area_ids

    @cached_property
    def _sections(self) -> Mapping[UUID, SectionOutline]:
        return {section.id: section for section in self.sections}

    @cached_property
    def _requirements(self) -> Mapping[UUID, RequirementOutline]:
        return {requirement.id: requirement for requirement in self.requirements}

    @cached_property
    def _forms(self) -> Mapping[str, Form]:
        return {form.code: form for form in self.assessments}
