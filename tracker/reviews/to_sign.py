"""What of one enrolment is to be signed above the items: each section and the whole, and how far each is."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from tracker.core.errors import NotFound
from tracker.curricula.conditions import Signer
from tracker.curricula.outline import Outline
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.progress.explain import Explanation, explain
from tracker.progress.parts import Part
from tracker.progress.queries import get_situation
from tracker.progress.sections import SectionExplained
from tracker.reviews.signature_queries import latest_of, signed_above
from tracker.reviews.signed_items import Item, decided_items, items_digest, section_items


@dataclass(frozen=True)
class ToSign:
    """A section, or the whole training, as its signer is shown it."""

    section_id: UUID | None  # None: the whole training
    code: str
    title: str
    signer: Signer
    lacks: tuple[Part, ...] | None  # what is missing but for the signature; None: it is signed, and that holds
    sentence: str
    items: tuple[Item, ...]
    digest: str

    @property
    def waits(self) -> bool:
        """Whether all is there but the signature."""
        return self.lacks == ()


def explained(outline: Outline, enrolment: Enrolment, on: date) -> Explanation:
    """Where the enrolment stands, signatures above the items included. Needs: as get_situation."""
    return explain(outline, get_situation(enrolment, on, signed=signed_above(enrolment)), on)


def section_to_sign(outline: Outline, enrolment: Enrolment, section_id: UUID, on: date) -> ToSign:
    """One section that the curriculum has signed. Raises NotFound for one that is not."""
    found = explained(outline, enrolment, on)
    section = next((each for each in found.sections if each.section.id == section_id and each.signing), None)
    if section is None or section.signing is None:
        raise NotFound
    inside = {each.id for each in outline.sections if section_id in outline.within(each.id)}
    items = tuple(each for each in decided_items(outline, enrolment) if each.section_id in inside)
    return ToSign(
        section_id=section_id,
        code=section.section.code,
        title=section.section.title,
        signer=section.signing.signer,
        lacks=_lacks(section),
        sentence=section.sentence,
        items=items,
        digest=items_digest(enrolment, section_id, items),
    )


def whole_to_sign(outline: Outline, enrolment: Enrolment, on: date) -> ToSign:
    """The whole training, where the curriculum has it signed. Raises NotFound where it does not."""
    found, signer = explained(outline, enrolment, on), outline.signatures.whole
    if found.signature is None or signer is None:
        raise NotFound
    tops = [each for each in found.sections if each.section.parent_id is None]
    lacks = tuple(part for each in tops for part in each.parts if not part.met)
    items = (*decided_items(outline, enrolment), *section_items(outline, latest_of(enrolment).values()))
    return ToSign(
        section_id=None,
        code="the whole training",
        title="The whole training",
        signer=signer,
        lacks=None if found.signature.met else lacks,
        sentence=found.signature.sentence,
        items=items,
        digest=items_digest(enrolment, None, items),
    )


def _lacks(section: SectionExplained) -> tuple[Part, ...] | None:
    """What is missing of a section but for its own signature, which is the last of its parts once all else is there."""
    if section.met:
        return None
    own = section.signing.part if section.signing else None
    return tuple(part for part in section.parts if not part.met and part != own)


def is_training_signed(enrolment: Enrolment, on: date) -> bool:
    """Whether the whole training is signed and that holds, or the curriculum does not ask for it.

    Needs: as get_situation, and version loaded.
    """
    signature = explained(get_outline(enrolment.version_id), enrolment, on).signature
    return signature is None or signature.met
