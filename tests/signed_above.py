"""A curriculum that asks for signatures above the items, and how they are given in tests."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID, uuid4

from tests.world import SCHEME, World, seen
from tracker.accounts.models import Person
from tracker.curricula.queries import get_outline
from tracker.logbook import claim_actions
from tracker.logbook.models import Claim
from tracker.reports.progress import report_on
from tracker.reviews import signature_actions as actions
from tracker.reviews.models import Signature
from tracker.reviews.signature_actions import SignatureFacts
from tracker.reviews.to_sign import section_to_sign, whole_to_sign

NOW = datetime(2026, 4, 7, 12, tzinfo=UTC)
ONCE = [{"code": "once", "title": "Once", "meaning": "Done once.", "level": 2, "evidence": {"entries": 1}}]
ASKING: dict[str, Any] = SCHEME | {
    "kinds": ONCE,
    "signatures": {"section": "supervisor", "whole": "training_lead"},
    "sections": [
        SCHEME["sections"][0]
        | {
            "competencies": [
                {"code": code, "statement": "Do it.", "guidance": "Seen.", "kind": "once"}
                for code in ("GEN-1", "GEN-2")
            ]
        },
        *SCHEME["sections"][1:],
    ],
}


def section_id(world: World, code: str = "GEN") -> UUID:
    return next(each.id for each in get_outline(world.enrolment.version_id).sections if each.code == code)


def sentence_of(world: World, code: str = "GEN") -> str:
    report = report_on(world.enrolment, NOW.date())
    return next(each.sentence for each in report.sections if each.section.code == code)


def facts(world: World, code: str | None = "GEN", **more: Any) -> SignatureFacts:
    outline = get_outline(world.enrolment.version_id)
    if code is None:
        shown = whole_to_sign(outline, world.enrolment, NOW.date())
    else:
        shown = section_to_sign(outline, world.enrolment, section_id(world, code), NOW.date())
    values: dict[str, Any] = {"key": uuid4(), "digest": shown.digest, "comment": "All seen."}
    return SignatureFacts(**(values | more))


def complete(world: World, *codes: str) -> list[Claim]:
    return [world.signed(code) for code in codes or ("GEN-1", "GEN-2")]


def sign(world: World, code: str | None = "GEN", actor: Person | None = None, **more: Any) -> Signature:
    said = facts(world, code, **more)
    if code is None:
        return actions.sign_training(actor or world.lead, world.enrolment, said)
    return actions.sign_section(actor or world.supervisor, world.enrolment, section_id(world, code), said)


def revoke_claim(world: World, claim: Claim) -> None:
    claim_actions.revoke(world.supervisor, claim.id, seen(claim), "It was somebody else's work.")
