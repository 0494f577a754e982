"""What a curriculum says beside its sections, in sentences: milestones, reviews, signatures, entry and grades. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from tracker.curricula.conditions import Signer, Titles, condition_phrase, due_phrase
from tracker.curricula.document import Review
from tracker.curricula.outline import Outline

SIGNERS = {
    Signer.ASSESSOR: "an assessor",
    Signer.SUPERVISOR: "a supervisor",
    Signer.TRAINING_LEAD: "a training lead",
}


@dataclass(frozen=True)
class Checkpoints:
    """The sentences. Shape: milestones, reviews, outcomes and grades are pairs of a title and what there is to say."""

    entry_requirements: tuple[str, ...]
    signatures: tuple[str, ...]
    milestones: tuple[tuple[str, str], ...]
    reviews: tuple[tuple[str, str], ...]
    outcomes: tuple[tuple[str, str], ...]
    grades: tuple[tuple[str, str], ...]


def checkpoints_of(outline: Outline) -> Checkpoints:
    """What the version says. Order: as in the curriculum."""
    titles = Titles(
        {section.code: section.title for section in outline.sections},
        {review.code: review.title for review in outline.reviews},
    )
    return Checkpoints(
        entry_requirements=outline.entry_requirements,
        signatures=tuple(_signatures(outline)),
        milestones=tuple(
            (each.title, f"Due {due_phrase(each.due)}: {condition_phrase(each.condition, titles)}.")
            for each in outline.milestones
        ),
        reviews=tuple((review.title, _review(outline, review)) for review in outline.reviews),
        outcomes=tuple((each.title, each.meaning) for each in outline.outcomes),
        grades=tuple((f"{grade.band}: {grade.title}", grade.asks) for grade in outline.grades),
    )


def _signatures(outline: Outline) -> Iterator[str]:
    """Who signs what, as far as the curriculum says."""
    signatures = outline.signatures
    whats = {
        "Each competency": signatures.item,
        "Each section": signatures.section,
        "The whole training": signatures.whole,
    }
    for what, signer in whats.items():
        if signer is not None:
            yield f"{what} is signed by {SIGNERS[signer]}."
    if signatures.countersign:
        yield "Each sign-off of a competency is countersigned by a second person."


def _review(outline: Outline, review: Review) -> str:
    milestone = next((each.title for each in outline.milestones if each.code == review.milestone), "")
    when = [
        f"In month {review.expected_month}." if review.expected_month else "",
        f"For {milestone}." if milestone else "",
    ]
    named = [each.title for each in outline.outcomes_of(review.code)] if review.outcomes else []
    return " ".join(filter(None, [*when, f"It can come to: {', '.join(named)}." if named else ""]))
