"""The explaining engine: what is met, what is not, and what to do about it. Pure: no session and no clock."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from tracker.curricula.outline import Outline
from tracker.progress.milestones import MilestoneExplained, explain_milestones
from tracker.progress.models import Stage
from tracker.progress.parts import Part
from tracker.progress.requirements import RequirementExplained, Situation, explain_requirement
from tracker.progress.sections import SectionExplained, explain_sections, percent_of
from tracker.progress.signatures import THE_WHOLE, Signing, training_part


@dataclass(frozen=True)
class Explanation:
    """A whole enrolment, explained. Order: as in the curriculum."""

    requirements: tuple[RequirementExplained, ...]
    sections: tuple[SectionExplained, ...]
    milestones: tuple[MilestoneExplained, ...]
    signature: Part | None = None  # of the whole training, where the curriculum asks for it

    @property
    def done(self) -> int:
        """How many requirements are done."""
        return sum(explained.done for explained in self.requirements)

    @property
    def percent(self) -> int:
        """Done over all, weighted where the curriculum says so, in whole percent, rounded down: 100 means all."""
        weights = [(each.requirement.weight, each.done) for each in self.requirements]
        return percent_of(sum(weight for weight, done in weights if done), sum(weight for weight, _ in weights))

    def at(self, *stages: Stage) -> list[RequirementExplained]:
        """The requirements at any of these stages."""
        return [explained for explained in self.requirements if explained.stage in stages]


def explain(outline: Outline, situation: Situation, today: date) -> Explanation:
    """Explain every requirement, section and milestone that applies to the enrolment."""
    requirements = tuple(
        explain_requirement(requirement, situation, today) for requirement in outline.chosen(situation.area_ids)
    )
    sections = explain_sections(outline, requirements, situation.who_signs, situation.signed)
    milestones = explain_milestones(outline, situation, requirements, sections, today)
    return Explanation(requirements, sections, milestones, explain_whole(outline, sections, situation))


def explain_whole(outline: Outline, sections: Sequence[SectionExplained], situation: Situation) -> Part | None:
    """What the signature of the whole training waits for; None where the curriculum does not ask for one."""
    signer = outline.signatures.whole
    if signer is None:
        return None
    complete = [each.met for each in sections if each.section.parent_id is None]
    return training_part(Signing(THE_WHOLE, signer, situation.signed.get(None)), complete)
