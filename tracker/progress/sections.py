"""Each section explained by its rule, and the parts that a section or a milestone asks for. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from tracker.curricula.outline import Outline, SectionOutline
from tracker.progress.models import WAITING, Stage
from tracker.progress.parts import Part
from tracker.progress.requirements import RequirementExplained
from tracker.progress.signatures import Signed, Signing
from tracker.progress.words import in_words, inline

ALL_PERCENT = 100
NONE_SIGNED: Mapping[UUID | None, Signed] = {}


@dataclass(frozen=True)
class SectionExplained:
    """One section with its parts, explained by its rule."""

    section: SectionOutline
    done: int
    waiting: int
    total: int
    weight_done: int
    weight: int
    points: int  # of what is done
    parts: tuple[Part, ...]  # what the rule asks for
    left: tuple[RequirementExplained, ...]  # what is in it and not done
    asks_for_all: bool  # and so does every section in it
    signing: Signing | None = None  # where the curriculum asks for a signature of what is directly in it
    signatures: tuple[Part, ...] = ()  # what lacks or is there of them, here and in every section in it

    @property
    def met(self) -> bool:
        """Whether the section is complete by its rule."""
        return all(part.met for part in self.parts)

    @property
    def waits_for_signature(self) -> bool:
        """Whether all is there but the section's own signature."""
        own = self.signing.part if self.signing else None
        return own is not None and not own.met and [part for part in self.parts if not part.met] == [own]

    @property
    def percent(self) -> int:
        """Done over all, weighted where the curriculum says so, in whole percent, rounded down: 100 means all."""
        return percent_of(self.weight_done, self.weight)

    @property
    def missing(self) -> tuple[str, ...]:
        """A sentence for each part that is not met: the number there, the number needed, and the step."""
        return tuple(part.sentence for part in self.parts if not part.met)

    @property
    def parts_missing(self) -> str:
        """What is missing, to be said inside a sentence."""
        return " and ".join(part.phrase for part in self.parts if not part.met)

    @property
    def sentence(self) -> str:
        """How far the section is."""
        if self.asks_for_all:
            said = all_of(self.done, self.waiting, self.total)
            signed = self.signing.sentence(complete=self.done == self.total) if self.signing else ""
            return f"{said} {signed}" if signed else said
        said = " ".join(self.missing)
        return said or f"Complete: {'; '.join(part.amount for part in self.parts)}."


def percent_of(done: int, whole: int) -> int:
    """A share in whole percent, rounded down."""
    return ALL_PERCENT * done // whole if whole else 0


def all_of(done: int, waiting: int, total: int) -> str:
    """The rule "all of a section" in a sentence."""
    if done == total:
        return f"All {total} done."
    rest = f"{total - done} to go" + (f", {waiting} of them waiting for sign-off" if waiting else "")
    return f"{done} of {total} done: {rest}."


def explain_sections(
    outline: Outline,
    requirements: Sequence[RequirementExplained],
    who_signs: str,
    signed: Mapping[UUID | None, Signed] = NONE_SIGNED,
) -> tuple[SectionExplained, ...]:
    """Every section that the requirements are in. Order: as in the curriculum, a section before its parts."""
    own: dict[UUID, list[RequirementExplained]] = {}
    for each in requirements:
        own.setdefault(each.requirement.section_id, []).append(each)
    within: dict[UUID | None, list[SectionExplained]] = {}
    explained: list[SectionExplained] = []
    for section in reversed(outline.sections):  # the parts of a section come before it
        ours, inner = own.get(section.id, []), within.get(section.id, [])[::-1]
        if ours or inner:
            found = _explain(section, ours, inner, who_signs)
            if signer := outline.signatures.section:
                signing = Signing(section.title, signer, signed.get(section.id)) if ours else None
                found = _with_signatures(found, signing, inner)
            explained.append(found)
            within.setdefault(section.parent_id, []).append(found)
    return tuple(reversed(explained))


def _with_signatures(
    found: SectionExplained, signing: Signing | None, inner: Sequence[SectionExplained]
) -> SectionExplained:
    """The section with the signatures that it needs: its own counts only once all else is there."""
    within = tuple(part for each in inner for part in each.signatures)
    parts = (*found.parts, *within) if found.asks_for_all else found.parts
    own = (signing.part,) if signing and all(part.met for part in parts) else ()
    return replace(found, parts=(*parts, *own), signing=signing, signatures=(*within, *own))


def _explain(
    section: SectionOutline,
    own: Sequence[RequirementExplained],
    inner: Sequence[SectionExplained],
    who_signs: str,
) -> SectionExplained:
    done = [each for each in own if each.done]
    left = [each for each in own if not each.done] + [each for part in inner for each in part.left]
    all_within = section.rule.asks_for_all and all(part.asks_for_all for part in inner)
    sums = _Sums(
        done=len(done) + sum(part.done for part in inner),
        total=len(own) + sum(part.total for part in inner),
        points=sum(each.requirement.points for each in done) + sum(part.points for part in inner),
        complete=len(done) + sum(part.met for part in inner),
    )
    if all_within:
        parts: tuple[Part, ...] = (_all(section, sums.done, sums.total, left, who_signs),)
    elif section.rule.asks_for_all:
        ours = [_all(section, len(done), len(own), [each for each in own if not each.done], who_signs)] if own else []
        parts = (*ours, *(part for each in inner for part in each.parts))
    elif section.rule.at_least:
        parts = (_at_least(section, sums.complete, [each for each in own if not each.done], inner, who_signs),)
    else:
        parts = (_points(section, sums.points, left, who_signs), *_compulsory(section, left))
    return SectionExplained(
        section=section,
        done=sums.done,
        waiting=sum(each.stage in WAITING for each in left),
        total=sums.total,
        weight_done=sum(each.requirement.weight for each in done) + sum(part.weight_done for part in inner),
        weight=sum(each.requirement.weight for each in own) + sum(part.weight for part in inner),
        points=sums.points,
        parts=parts,
        left=tuple(left),
        asks_for_all=all_within,
    )


@dataclass(frozen=True)
class _Sums:
    """What is in a section: how many requirements, how many points, and how many of its parts are complete."""

    done: int
    total: int
    points: int
    complete: int


def _all(section: SectionOutline, done: int, total: int, left: Sequence[RequirementExplained], who_signs: str) -> Part:
    return Part(done, total, f"{done} of {total} done in {section.title}", step_to(left, total - done, who_signs))


def _at_least(
    section: SectionOutline,
    there: int,
    left: Sequence[RequirementExplained],
    inner: Sequence[SectionExplained],
    who_signs: str,
) -> Part:
    needed, open_ones = section.rule.at_least, [part for part in inner if not part.met]
    more = needed - there
    if len(left) >= more or not open_ones:
        return Part(
            there, needed, f"{there} of at least {needed} done in {section.title}", step_to(left, more, who_signs)
        )
    nearest = max(open_ones, key=lambda part: part.percent)
    step = f"complete {in_words(more)} more, {nearest.section.title} next ({nearest.parts_missing})"
    return Part(there, needed, f"{there} of at least {needed} parts complete in {section.title}", step)


def _points(section: SectionOutline, there: int, left: Sequence[RequirementExplained], who_signs: str) -> Part:
    needed = section.rule.points
    worth = {each.requirement.code: each.requirement.points for each in left}
    amount = f"{there} of {needed} points in {section.title}"
    return Part(there, needed, amount, step_that_brings(left, worth, "point", who_signs))


def _compulsory(section: SectionOutline, left: Sequence[RequirementExplained]) -> Iterable[Part]:
    open_ones = {each.requirement.code: each for each in left}
    for code in section.rule.compulsory:
        if code in open_ones:
            amount = f"{code}, which is compulsory in {section.title}, is not done"
            yield Part(0, 1, amount, inline(open_ones[code].sentence))
        else:
            yield Part(1, 1, f"{code}, which is compulsory in {section.title}, is done", "")


def step_to(left: Sequence[RequirementExplained], more: int, who_signs: str) -> str:
    """What to do so that so many more of these are done; what waits for a decision is not done again."""
    waiting, first = _waiting_and_first(left)
    if first is None or len(waiting) >= more:
        return _wait(waiting, who_signs)
    if first.stage is Stage.FAILED:
        return f"{first.requirement.code} failed, so talk to your training lead"
    open_ones = more - len(waiting)
    code = first.requirement.code
    step = f"finish {code}" if open_ones == 1 else f"finish {in_words(open_ones)} more, {code} next"
    return f"{step}, and {_wait(waiting, who_signs)}" if waiting else step


def step_that_brings(left: Sequence[RequirementExplained], worth: Mapping[str, int], what: str, who_signs: str) -> str:
    """What to finish next so that there is more of what is asked for, and how much it brings."""
    waiting, first = _waiting_and_first([each for each in left if each.requirement.code in worth])
    if first is None:
        return _wait(waiting, who_signs)
    code = first.requirement.code
    if first.stage is Stage.FAILED:
        return f"{code} failed, so talk to your training lead"
    brings = f"one {what}" if worth[code] == 1 else f"{worth[code]} {what}s"
    return f"finish {code} next, which brings {brings}"


def _waiting_and_first(
    left: Sequence[RequirementExplained],
) -> tuple[list[RequirementExplained], RequirementExplained | None]:
    """What is submitted, and the first that is not: one that failed only when there is no other."""
    waiting = [each for each in left if each.stage in WAITING]
    first = next((each for each in left if each.stage not in {*WAITING, Stage.FAILED}), None)
    return waiting, first or next((each for each in left if each.stage is Stage.FAILED), None)


def _wait(waiting: Sequence[RequirementExplained], who_signs: str) -> str:
    codes = ", ".join(each.requirement.code for each in waiting)
    return f"{codes} {'waits' if len(waiting) == 1 else 'wait'} for {who_signs}"
