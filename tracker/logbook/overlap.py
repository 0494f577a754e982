"""What is the same elsewhere: in another area, or in another curriculum that the trainee follows."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from tracker.accounts.models import Person
from tracker.curricula.mapping_queries import same_elsewhere
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import area_ids, list_own_enrolments


@dataclass(frozen=True)
class Same:
    """A competency elsewhere for which work counts too; each is signed off on its own."""

    competency_id: UUID
    enrolment_id: UUID
    label: str
    counterparts: frozenset[UUID]  # the competencies of the entry's own enrolment that are the same


def list_same(trainee: Person, enrolment: Enrolment) -> dict[UUID, Same]:
    """What is the same as something in the enrolment, in the trainee's enrolments. Needs: areas loaded.

    Order: by enrolment, then as in the curriculum.
    """
    own = {each.id: each.code for each in get_outline(enrolment.version_id).chosen(area_ids(enrolment))}
    enrolments = list_own_enrolments(trainee)
    found = same_elsewhere(own, {each.version_id for each in enrolments})
    return {same.competency_id: same for each in enrolments for same in _in(each, own, found)}


def _in(enrolment: Enrolment, own: Mapping[UUID, str], found: Mapping[UUID, set[UUID]]) -> Iterable[Same]:
    outline = get_outline(enrolment.version_id)
    for requirement in outline.chosen(area_ids(enrolment)):
        counterparts = frozenset(own_id for own_id in own if requirement.id in found.get(own_id, ()))
        if counterparts and requirement.rule is not None:
            codes = ", ".join(sorted(own[own_id] for own_id in counterparts))
            label = f"{requirement.code} {requirement.title} ({outline.title}; the same as {codes})"
            yield Same(requirement.id, enrolment.id, label, counterparts)


def chosen_same(same: Mapping[UUID, Same], ticked: Collection[UUID], chosen: Collection[UUID]) -> list[Same]:
    """What of the ticked goes with the competencies that were chosen: the rest was offered for others."""
    return [same[each] for each in ticked if each in same and same[each].counterparts & set(chosen)]


def parted(same: Mapping[UUID, Same], linked: Iterable[UUID]) -> tuple[list[UUID], list[UUID]]:
    """The competencies of an entry: those it is about, and those that are the same as one of them."""
    about: list[UUID] = []
    also: list[UUID] = []
    for each in linked:
        goes_with = each in same and same[each].counterparts & set(about)
        (also if goes_with else about).append(each)
    return about, also
