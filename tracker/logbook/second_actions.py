"""What several supervisors of a trainee do with one claim, or one with several. Kinds of event: claim_actions.py."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID, uuid5

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.core.clock import now, today
from tracker.core.db import db
from tracker.core.errors import Refused, Stale, allow, refuse_if
from tracker.enrolments.permissions import current_supervisors
from tracker.enrolments.queries import list_leads, lock_enrolment
from tracker.logbook import permissions, queries, rules
from tracker.logbook.claim_actions import Move, Seen, about, check_shown, make_move, sign_off
from tracker.logbook.models import Claim, ClaimStatus, ClaimStep, StepKind
from tracker.notifications.actions import tell
from tracker.notifications.models import NoticeKind
from tracker.record.models import Event
from tracker.record.queries import find_event


def countersign(actor: Person, claim_id: UUID, seen: Seen, comment: str) -> Event:
    """Give the second of two signatures, at the level of the first. Raises Forbidden, Refused, Stale."""
    claim = queries.lock_claim(claim_id)
    move = Move(StepKind.COUNTERSIGNED, seen.key, claim.level_signed, {"comment": comment})
    if earlier := find_event(move.decision(actor, claim)):
        return earlier
    allow(permissions.can_countersign(actor, claim, today()))
    queries.check_fresh(claim, seen.version)
    refuse_if(rules.why_not_countersign(claim, actor.id))
    evidence = queries.evidence_digests_of(claim)
    check_shown(claim, evidence, seen)
    claim.countersigned_at, claim.countersigned_by_id = now(), actor.id
    tell(claim.trainee_id, NoticeKind.CLAIM_SIGNED_OFF, actor, about(claim))
    if claim.signed_off_by_id:
        tell(claim.signed_off_by_id, NoticeKind.CLAIM_COUNTERSIGNED, actor, about(claim))
    return make_move(actor, claim, move, ClaimStatus.SIGNED_OFF, evidence)


def pass_on(actor: Person, claim_id: UUID, seen: Seen, to_id: UUID, note: str) -> Event:
    """Ask another supervisor by name to decide on a claim that waits. Raises Forbidden, Refused, Stale."""
    claim = queries.lock_claim(claim_id)
    move = Move(StepKind.PASSED_ON, seen.key, None, {"note": note}, {"to": str(to_id)})
    if earlier := find_event(move.decision(actor, claim)):
        return earlier
    allow(permissions.can_sign_off(actor, claim, today()))
    queries.check_fresh(claim, seen.version)
    refuse_if(rules.why_not_pass_on(claim, actor.id, to_id, _supervisor_ids(claim)))
    claim.asked_of_id = to_id
    tell(to_id, NoticeKind.CLAIM_PASSED_ON, actor, about(claim))
    tell(claim.trainee_id, NoticeKind.CLAIM_ASKED_OF_ANOTHER, actor, about(claim))
    return make_move(actor, claim, move, ClaimStatus.SUBMITTED, queries.evidence_digests_of(claim))


def decline(actor: Person, claim_id: UUID, seen: Seen, reason: str, rather_id: UUID | None) -> Event:
    """Say that somebody else should decide on a claim, and who; it goes on waiting. Raises Forbidden, Refused, Stale.

    The training leads are told when no supervisor is left who did not decline.
    """
    claim = queries.lock_claim(claim_id)
    facts = {"rather": str(rather_id) if rather_id else None}
    move = Move(StepKind.DECLINED, seen.key, None, {"reason": reason}, facts)
    if earlier := find_event(move.decision(actor, claim)):
        return earlier
    allow(permissions.can_sign_off(actor, claim, today()))
    queries.check_fresh(claim, seen.version)
    refuse_if(rules.why_not_decline(claim))
    if rather_id:
        refuse_if(rules.why_not_pass_on(claim, actor.id, rather_id, _supervisor_ids(claim)))
    claim.asked_of_id = rather_id
    _tell_of_decline(actor, claim)
    return make_move(actor, claim, move, ClaimStatus.SUBMITTED, queries.evidence_digests_of(claim))


def _tell_of_decline(actor: Person, claim: Claim) -> None:
    tell(claim.trainee_id, NoticeKind.CLAIM_DECLINED, actor, about(claim))
    if claim.asked_of_id:
        tell(claim.asked_of_id, NoticeKind.CLAIM_PASSED_ON, actor, about(claim))
    elif not _supervisor_ids(claim) - declined_by(claim) - {actor.id}:
        for lead in list_leads(claim.enrolment, today()):
            tell(lead.id, NoticeKind.CLAIM_DECLINED_BY_ALL, actor, about(claim))


def declined_by(claim: Claim) -> set[UUID]:
    """Who said of the claim's present attempt that somebody else should decide."""
    chosen = sa.select(ClaimStep.actor_id).where(
        ClaimStep.claim_id == claim.id, ClaimStep.attempt == claim.attempt, ClaimStep.kind == StepKind.DECLINED
    )
    return {person_id for person_id in db.session.scalars(chosen) if person_id}


def _supervisor_ids(claim: Claim) -> set[UUID]:
    return {person.id for person in current_supervisors(claim.enrolment, today())}


@dataclass(frozen=True)
class Seat:
    """One claim of a sitting: exactly what was shown of it, and the level at which it is signed."""

    claim_id: UUID
    version: int
    digest: str
    level: int


class NotTogether(Refused):
    """One claim of a sitting could not be signed, so none was. The sentence says which and why."""


def sign_together(actor: Person, key: UUID, seats: Collection[Seat], comment: str) -> Sequence[Event]:
    """Sign several claims in one sitting: an event each, all of them or none.

    Each has a key of its own, which follows from the sitting's: the same press is the same sign-offs. Raises
    Forbidden, NotTogether. Order: by claim. Everything is locked before the first event is on record, in the order in
    which all others lock too, so that nobody waits for somebody who waits for them.
    """
    seats = sorted(seats, key=lambda seat: seat.claim_id)
    with db.session.begin_nested():
        claims = [queries.lock_claim(seat.claim_id) for seat in seats]
        for enrolment_id in sorted({claim.enrolment_id for claim in claims}):
            lock_enrolment(enrolment_id)
        return [_sign_one(actor, key, seat, comment) for seat in seats]


def _sign_one(actor: Person, key: UUID, seat: Seat, comment: str) -> Event:
    seen = Seen(uuid5(key, str(seat.claim_id)), seat.version, seat.digest)
    try:
        return sign_off(actor, seat.claim_id, seen, seat.level, comment)
    except (Refused, Stale) as no:
        code = queries.lock_claim(seat.claim_id).competency.code
        raise NotTogether(f"{code}: {no.sentence} Nothing was signed.") from no
