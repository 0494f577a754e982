"""What moving a trainee to another version would do: what carries over, what is to be confirmed, what becomes unmet."""

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from uuid import UUID

import sqlalchemy as sa

from tracker.core.db import db
from tracker.core.errors import Refused
from tracker.curricula.diff import ChangeKind, Diff
from tracker.curricula.mapping import digest_of
from tracker.curricula.mapping_queries import diff_of, list_pairs
from tracker.curricula.models import RequirementKind, SectionKind, Version, VersionStatus
from tracker.curricula.outline import Outline, RequirementOutline
from tracker.curricula.queries import get_outline
from tracker.curricula.rules import joined
from tracker.enrolments.models import Carried, Enrolment
from tracker.enrolments.queries import area_ids
from tracker.progress.models import WAITING, Stage, Standing
from tracker.progress.words import on_day

SIGNED = (Stage.DONE, Stage.CONFIRM)


class Fate(StrEnum):
    """What becomes of one requirement."""

    CARRIES = "carries"  # it stands as it stood
    CONFIRM = "confirm"  # it was signed off, and a supervisor confirms it by the new rule
    UNMET = "unmet"  # it is new, or what was signed off does not stand for it
    LEFT = "left"  # it is no longer asked for


@dataclass(frozen=True)
class Line:
    """One requirement, what becomes of it, and the sentence that says why."""

    fate: Fate
    code: str
    from_codes: tuple[str, ...]
    done: bool  # it stands as done afterwards
    sentence: str


@dataclass(frozen=True)
class Plan:
    """What the move of one enrolment does. Order: as in the new version, what is left behind last."""

    enrolment_id: UUID
    email: str
    name: str
    why_not: str | None
    lines: tuple[Line, ...]
    links: Mapping[tuple[UUID, UUID], Carried]  # from a requirement of the old version to one of the new
    area_ids: frozenset[UUID]  # of the new version

    @property
    def counts(self) -> dict[str, int]:
        """How many requirements have each fate, and how many of those that carry over are done."""
        fates = Counter(line.fate for line in self.lines)
        return {fate.value: fates[fate] for fate in Fate} | {"done": sum(line.done for line in self.lines)}


@dataclass(frozen=True)
class End:
    """A version at one end of a move, as plain values: each trainee moves in a transaction of their own."""

    id: UUID
    name: str
    digest: str


@dataclass(frozen=True)
class Route:
    """From one version of a curriculum to another, and what changed on the way."""

    old: End
    new: End
    diff: Diff
    mapping_digest: str

    @cached_property
    def ends(self) -> tuple[Outline, Outline]:
        """The two versions as they are read."""
        return get_outline(self.old.id), get_outline(self.new.id)


def route_between(old: Version, new: Version) -> Route:
    """The way from one version to another. Raises Refused when no trainee can go it. Needs: curricula loaded."""
    if old.curriculum_id != new.curriculum_id or old.id == new.id:
        raise Refused("Trainees can only move between two versions of one curriculum.")
    if new.status is not VersionStatus.PUBLISHED:
        raise Refused(f"{called(new)} is {new.status.value}: trainees can only move to a published version.")
    start, end = (End(version.id, called(version), version.digest) for version in (old, new))
    return Route(start, end, diff_of(old, new), digest_of(list_pairs(old.id, new.id)))


def called(version: Version) -> str:
    """A version as people name it. Needs: curriculum loaded."""
    return f"{version.curriculum.code}@{version.number}"


def plan_for(enrolment: Enrolment, route: Route) -> Plan:
    """What the move does to this enrolment. Needs: trainee, version, areas loaded."""
    before, after = route.ends
    stood = {
        row.requirement_id: row
        for row in db.session.scalars(sa.select(Standing).where(Standing.enrolment_id == enrolment.id))
    }
    areas, missing = _new_areas(area_ids(enrolment), before, after)
    planner = _Planner(route, stood, frozenset(each.id for each in before.chosen(area_ids(enrolment))))
    lines = [planner.line(requirement) for requirement in after.chosen(areas)]
    gone = planner.left({code for line in lines for code in line.from_codes})
    why_not = _why_not(enrolment, route, missing, planner.waiting())
    trainee = enrolment.trainee
    return Plan(enrolment.id, trainee.email, trainee.name, why_not, (*lines, *gone), planner.links(), frozenset(areas))


def _new_areas(taken: Collection[UUID], before: Outline, after: Outline) -> tuple[set[UUID], list[str]]:
    """The areas of the new version with the codes of those taken, and those that it has not."""
    known = {section.code: section.id for section in after.sections if section.kind is SectionKind.AREA}
    sections = [section for section in before.sections if section.id in taken]
    missing = [f"{section.code} ({section.title})" for section in sections if section.code not in known]
    return {known[section.code] for section in sections if section.code in known}, missing


def _why_not(enrolment: Enrolment, route: Route, missing: Sequence[str], waiting: Sequence[str]) -> str | None:
    """Source: what is signed is what was shown, so nothing moves under the eyes of the person who is to sign it."""
    if enrolment.version_id != route.old.id:
        return f"This training does not follow {route.old.name}."
    if waiting:
        verb = "waits" if len(waiting) == 1 else "wait"
        return f"{joined(list(waiting), 'and')} {verb} for sign-off: have it decided or withdrawn first, then move."
    if missing:
        return f"The area {joined(list(missing), 'and')} is not in {route.new.name}: change the areas first."
    if _has_another(enrolment, route.new):
        return f"There is a second training of the same person that follows {route.new.name} already."
    return None


def _has_another(enrolment: Enrolment, new: End) -> bool:
    same = sa.select(Enrolment.id).where(
        Enrolment.trainee_id == enrolment.trainee_id,
        Enrolment.version_id == new.id,
        Enrolment.centre_id == enrolment.centre_id,
        Enrolment.starts_on == enrolment.starts_on,
    )
    return db.session.scalar(same) is not None


class _Planner:
    """Decides on each requirement of one enrolment."""

    def __init__(self, route: Route, stood: Mapping[UUID, Standing], asked: frozenset[UUID]) -> None:
        self.route, self.stood, self.asked = route, stood, asked
        before, after = route.ends
        self.before = {requirement.code: requirement for requirement in before.requirements}
        self.after = after
        self.old, self.new = route.old.name, route.new.name

    def line(self, requirement: RequirementOutline) -> Line:
        """What becomes of a requirement that the new version asks of the trainee."""
        sources = self._sources(requirement)
        change = self.route.diff.find(requirement.code)
        kinds = change.kinds if change else ()
        if not any(source.id in self.asked for source in sources):
            return self._new(requirement, sources)
        if ChangeKind.SPLIT in kinds:
            return self._part(requirement, sources[0])
        if ChangeKind.MERGED in kinds:
            return self._merged(requirement, sources)
        why = " ".join(change.sentences) if change and ChangeKind.RERULED in kinds else ""
        return self._same(requirement, sources[0], why)

    def links(self) -> dict[tuple[UUID, UUID], Carried]:
        """Which requirement stands for which, and how much of it does."""
        found = {}
        for requirement in self.after.requirements:
            sources = self._sources(requirement)
            for source in sources:
                found[source.id, requirement.id] = self._carried(requirement, sources)
        return found

    def waiting(self) -> list[str]:
        """The codes of competencies that wait for sign-off. A module's result can be confirmed before and after."""
        return [
            requirement.code
            for requirement in self.before.values()
            if requirement.requirement_kind is RequirementKind.COMPETENCY and self._stage(requirement) in WAITING
        ]

    def left(self, carried: Collection[str]) -> Iterator[Line]:
        """What was begun or done and is no longer asked for."""
        for code, requirement in self.before.items():
            if code not in carried and self._stage(requirement) is not Stage.NOT_STARTED:
                said = f"{code} is not asked for in {self.new}. What was logged and signed for it stays on record."
                yield Line(Fate.LEFT, code, (code,), done=False, sentence=said)

    def _sources(self, requirement: RequirementOutline) -> list[RequirementOutline]:
        return [self.before[code] for code in self.route.diff.sources.get(requirement.code, ())]

    def _stage(self, requirement: RequirementOutline) -> Stage:
        standing = self.stood.get(requirement.id)
        return standing.stage if standing else Stage.NOT_STARTED

    def _signed(self, requirement: RequirementOutline) -> bool:
        return self._stage(requirement) in SIGNED

    def _carried(self, requirement: RequirementOutline, sources: Sequence[RequirementOutline]) -> Carried:
        change = self.route.diff.find(requirement.code)
        kinds = change.kinds if change else ()
        if ChangeKind.SPLIT in kinds:
            return Carried.PART
        if ChangeKind.MERGED in kinds:
            return Carried.TO_CONFIRM if all(map(self._signed, sources)) else Carried.EVIDENCE
        return Carried.TO_CONFIRM if ChangeKind.RERULED in kinds else Carried.WHOLE

    def _since(self, requirement: RequirementOutline) -> str:
        """When and under what it was signed off: "signed off on 3 March 2026 under SCHEME@1"."""
        standing = self.stood.get(requirement.id)
        on = f" on {on_day(standing.since)}" if standing and standing.since else ""
        word = "passed" if requirement.requirement_kind is RequirementKind.MODULE else "signed off"
        return f"{requirement.code} was {word}{on} under {self.old}"

    def _new(self, requirement: RequirementOutline, sources: Sequence[RequirementOutline]) -> Line:
        code = requirement.code
        said = f"{code} is now asked for." if sources else f"{code} is new in {self.new}."
        return Line(Fate.UNMET, code, (), done=False, sentence=said)

    def _part(self, requirement: RequirementOutline, source: RequirementOutline) -> Line:
        code = requirement.code
        said = f"{code} is a part of {source.code}, which was split: its entries count, but for assessments."
        if self._signed(source):
            said = f"{said} {self._since(source)}, and that sign-off does not stand for a part."
        return Line(Fate.UNMET, code, (source.code,), done=False, sentence=said)

    def _merged(self, requirement: RequirementOutline, sources: Sequence[RequirementOutline]) -> Line:
        code, codes = requirement.code, tuple(source.code for source in sources)
        signed = [source for source in sources if self._signed(source)]
        said = f"{joined(list(codes), 'and')} were merged into {code}."
        if len(signed) == len(sources):
            sentence = f"{said} {'; '.join(map(self._since, signed))}: ask the supervisor to confirm {code}."
            return Line(Fate.CONFIRM, code, codes, done=False, sentence=sentence)
        if signed:
            rest = [source.code for source in sources if source not in signed]
            why = f"{'; '.join(map(self._since, signed))}, and {joined(rest, 'and')} was not: the entries of all count."
            return Line(Fate.UNMET, code, codes, done=False, sentence=f"{said} {why}")
        return Line(Fate.CARRIES, code, codes, done=False, sentence=f"{said} The entries of all count.")

    def _same(self, requirement: RequirementOutline, source: RequirementOutline, why: str) -> Line:
        code, codes, stage = requirement.code, (source.code,), self._stage(source)
        if (why and self._signed(source)) or stage is Stage.CONFIRM:
            said = f"{self._since(source)}. {why or 'It was still to be confirmed.'} Ask the supervisor to confirm it."
            return Line(Fate.CONFIRM, code, codes, done=False, sentence=said)
        if stage is Stage.DONE:
            return Line(Fate.CARRIES, code, codes, done=True, sentence=f"{self._since(source)}, and stays so.")
        said = f"{code} goes on as it is" + (f" under its new rule. {why}" if why else ".")
        return Line(Fate.CARRIES, code, codes, done=False, sentence=said)
