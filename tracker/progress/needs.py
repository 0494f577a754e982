"""What an evidence rule needs, what is there, and one sentence for each that says what would help. Pure.

Source: the three kinds of activity and their minimum evidence as the National School's curriculum describes them, given
here by each curriculum as data.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal

from tracker.curricula.rules import EvidenceRule, Mix
from tracker.progress.words import counted, either, in_words, on_day


@dataclass(frozen=True)
class Need:
    """One thing that a rule asks for: how much is there and needed, and the step that helps while it is not met."""

    there: int
    needed: int
    what: str
    step: str

    @property
    def met(self) -> bool:
        """Whether there is enough."""
        return self.there >= self.needed

    @property
    def sentence(self) -> str:
        """What is there and what is needed, and the step where it is not enough."""
        amount = f"{self.there} of {self.needed} {self.what}"
        return f"{amount}." if self.met else f"{amount}: {self.step}."


def needs_of(rule: EvidenceRule, counts: Mapping[str, int], working_fraction: Decimal, today: date) -> Iterator[Need]:
    """Everything that the rule asks for, in the order in which a person would mend it."""
    least = Minimums(rule, working_fraction)
    yield from _amounts(rule, counts, least)
    yield from _span(least("span_days"), counts, today)
    yield from _assessments(rule.assessments, counts)
    if rule.assessors > 1:
        step = "ask somebody who has not assessed this"
        yield _need(counts.get("assessors", 0), rule.assessors, "different assessor", step)
    if needed := least("reflections"):
        yield _need(counts.get("reflections", 0), needed, "reflection", "write what you learned in {more} more")
    if rule.action_plan:
        yield _need(counts.get("action_plans", 0), 1, "action plan", "add what you will do next to an entry")


@dataclass(frozen=True)
class Minimums:
    """A rule's minimums for somebody who works this fraction of full time."""

    rule: EvidenceRule
    working_fraction: Decimal

    def __call__(self, name: str) -> int:
        """The minimum: scaled and rounded up where the rule says so, whole where it does not."""
        minimum: int = getattr(self.rule, name)
        if name not in self.rule.scaled:
            return minimum
        return int((minimum * self.working_fraction).to_integral_value(ROUND_CEILING))


def remarks_of(rule: EvidenceRule, counts: Mapping[str, int]) -> list[str]:
    """What does not count, why, and what would make it count, so that nothing is a dead end."""
    said = []
    if early := counts.get("too_early", 0):
        said.append(f"{counted(early, 'entry')} from before the enrolment and cannot count.")
    if old := counts.get("too_old", 0):
        said.append(f"{counted(old, 'entry')} too old to count any more.")
    return said + misfiled(rule, counts)


def misfiled(rule: EvidenceRule, counts: Mapping[str, int]) -> list[str]:
    """What was filed under a type that cannot count for this rule, and how to change it."""
    said = []
    if rule.assessments and (unnamed := counts.get("form", 0)):
        said.append(
            f"{counted(unnamed, 'assessment')} logged without a form: open the entry, choose it, and it counts."
        )
    for form, number in _other_forms(rule, counts):
        wanted = sorted({form for mix in rule.assessments for form in mix.any_of})
        said.append(
            f"{counted(number, 'assessment')} logged as {form}, which does not count here: "
            f"if it was a {either(wanted)}, open the entry and choose that form."
        )
    if rule.part and (documents := counts.get("documents", 0)):
        said.append(
            f"{counted(documents, 'entry')} logged as a document, which says nothing of your part: "
            "if it tells of work that you did, open it, change what it is, and say what your part was."
        )
    return said


def _other_forms(rule: EvidenceRule, counts: Mapping[str, int]) -> list[tuple[str, int]]:
    """The forms of assessments that are there, and of which the rule wants others. Order: by form."""
    forms = [name.removeprefix("form.") for name in counts if name.startswith("form.")]
    if not forms or not rule.assessments:
        return []
    others = [form for form in forms if not any(form in mix.any_of for mix in rule.assessments)]
    return [(form, counts[f"form.{form}"]) for form in sorted(others)]


def _amounts(rule: EvidenceRule, counts: Mapping[str, int], least: Minimums) -> Iterator[Need]:
    if needed := least("entries"):
        yield _need(counts.get("entries", 0), needed, "entry", "log {more} more")
    if needed := least("times"):
        yield _need(counts.get("times", 0), needed, "time done", "do it {more} more", plural="times done")
    if rule.part:
        there = sum(counts.get(f"part.{part}", 0) for part in rule.part.any_of)
        how = either(rule.part.any_of)
        yield _need(there, rule.part.count, f"entry {how}", "log {more} more done that way", plural=f"entries {how}")
    if needed := least("days"):
        yield _need(counts.get("days", 0), needed, "different day", "log {more} more on another day")


def _need(there: int, needed: int, what: str, step: str, plural: str = "") -> Need:
    name = what if needed == 1 else plural or _plural(what)
    return Need(there, needed, name, step.replace("{more}", in_words(needed - there)) if there < needed else "")


def _plural(what: str) -> str:
    return f"{what[:-1]}ies" if what.endswith("y") and not what.endswith("ay") else f"{what}s"


def _span(needed: int, counts: Mapping[str, int], today: date) -> Iterator[Need]:
    if needed:
        what = "days from the first entry to the last"
        yield Need(counts.get("span_days", 0), needed, what, _span_step(needed, counts, today))


def _span_step(span_days: int, counts: Mapping[str, int], today: date) -> str:
    if not counts.get("first_on"):
        return "log your first entry"
    enough_on = date.fromordinal(counts["first_on"]) + timedelta(days=span_days)
    return "log one more entry now" if enough_on <= today else f"log again on or after {on_day(enough_on)}"


def _assessments(wanted: Sequence[Mix], counts: Mapping[str, int]) -> Iterator[Need]:
    """Each kind of assessment asked for; one observation counts once, and where it helps most."""
    for need, there in zip(wanted, allotted(wanted, counts), strict=True):
        forms = either(need.any_of)
        more = f"{in_words(need.count - there)} more" if there else "a"
        step = f"ask an assessor for {more} {forms}"
        yield Need(there, need.count, f"assessments ({forms})" if need.count > 1 else f"assessment ({forms})", step)


def allotted(wanted: Sequence[Mix], counts: Mapping[str, int]) -> list[int]:
    """How many assessments each of the wanted can have when none counts twice: as many as possible in all.

    Shape: one number for each of `wanted`, at most what it wants.
    """
    places = [index for index, need in enumerate(wanted) for _ in range(need.count)]
    named = sorted({form for need in wanted for form in need.any_of})
    forms = [form for form in named for _ in range(min(counts.get(f"form.{form}", 0), len(places)))]
    holder: dict[int, int] = {}  # which place has the assessment at this position of `forms`

    def find_room(place: int, tried: set[int]) -> bool:
        for position, form in enumerate(forms):
            if position in tried or form not in wanted[places[place]].any_of:
                continue
            tried.add(position)
            if position not in holder or find_room(holder[position], tried):
                holder[position] = place
                return True
        return False

    for place in range(len(places)):
        find_room(place, set())
    return [sum(places[place] == index for place in holder.values()) for index in range(len(wanted))]
