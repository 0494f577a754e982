"""The life of a claim: each move is an event on record, and one press of a button is one move.

Kinds of event, each with what on_record says of the claim: claim_submitted, claim_withdrawn, claim_signed_off,
claim_signed (the first of two signatures, which waits), claim_countersigned (the second, which signs it off),
claim_returned (`rejected`: the entries that are not accepted; none: all), claim_revoked, claim_passed_on (`to`: whom
it waits for now; the claim stays submitted), claim_declined (`rather`: who should sign instead; it stays submitted).
Where a supervisor acts in place of one who is away, `for` says whose.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tracker.accounts.models import Person
from tracker.core.clock import now, today
from tracker.core.db import db
from tracker.core.errors import Refused, Reused, Stale, allow, refuse_if
from tracker.curricula.models import Competency
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import covering, current_supervisors, leads, signs_alone
from tracker.enrolments.placing import present_ids
from tracker.enrolments.queries import list_leads, lock_enrolment
from tracker.logbook import permissions, queries, rules
from tracker.logbook.content import entry_digest, on_record, submitted_digest
from tracker.logbook.facts import deciding, facts_from, facts_of
from tracker.logbook.models import Claim, ClaimEvidence, ClaimStatus, ClaimStep, StepKind
from tracker.logbook.resting import reject
from tracker.notifications.actions import About, tell
from tracker.notifications.models import NoticeKind
from tracker.progress.actions import restage, restate
from tracker.progress.queries import get_situation
from tracker.progress.requirements import needs
from tracker.record import actions as record
from tracker.record.decision import Decision
from tracker.record.models import Event
from tracker.record.queries import find_event

ADD_STEP = sa.insert(ClaimStep)


@dataclass(frozen=True)
class Submission:
    """What a trainee claims, and which press of the button it is."""

    key: UUID
    level: int
    note: str = ""


@dataclass(frozen=True)
class Seen:
    """The press of a button on a claim, and exactly what the person was shown."""

    key: UUID
    version: int
    digest: str = ""


@dataclass(frozen=True)
class Move:
    """One move of a claim, before it is on record."""

    kind: StepKind
    key: UUID
    level: int | None = None
    texts: dict[str, str] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)

    def decision(self, actor: Person, claim: Claim, **facts: Any) -> Decision:
        """The move as it goes on record."""
        asked = {"claim": str(claim.id)} | ({} if self.level is None else {"level": self.level}) | self.facts
        return Decision(f"claim_{self.kind.value}", actor.id, claim.enrolment_id, self.key, asked | facts, self.texts)


def submit(actor: Person, enrolment: Enrolment, competency: Competency, submission: Submission) -> Claim:
    """Submit a competency for sign-off on all that is logged for it. Raises Forbidden, Refused."""
    allow(permissions.can_log(actor, enrolment))
    claim = _own_claim(enrolment, competency)
    move = Move(StepKind.SUBMITTED, submission.key, submission.level, {"note": submission.note})
    if find_event(move.decision(actor, claim)):
        return claim
    entries = queries.hold_entries(enrolment.id, competency.id)
    says, to_confirm = deciding(queries.claims_for(enrolment.id, competency.id))
    requirement = get_outline(enrolment.version_id).requirement(competency.id)
    refuse_if(rules.why_not_level(submission.level, requirement.level))
    needed = unmet(enrolment, competency.id)
    refuse_if(rules.why_not_submit(None if to_confirm else says, len(entries), needed, _is_supervised(enrolment)))
    if claim.submitted_at is not None:
        claim.attempt += 1
    claim.level_claimed, claim.note, claim.submitted_at = submission.level, submission.note, now()
    _unsign(claim)
    digests = {entry.id: entry_digest(entry) for entry in entries}
    db.session.add_all(
        ClaimEvidence(claim_id=claim.id, attempt=claim.attempt, entry_id=entry_id, digest=digest)
        for entry_id, digest in digests.items()
    )
    _tell_supervisors(actor, claim, NoticeKind.CLAIM_WAITING)
    make_move(actor, claim, move, ClaimStatus.SUBMITTED, digests)
    return claim


def unmet(enrolment: Enrolment, competency_id: UUID) -> list[str]:
    """What the evidence rule of a competency still asks for, in sentences. Needs: supervisions and areas loaded."""
    requirement = get_outline(enrolment.version_id).requirement(competency_id)
    situation = get_situation(enrolment, today())
    return [need.sentence for need in needs(requirement, situation, today()) if not need.met]


def withdraw(actor: Person, claim_id: UUID, seen: Seen) -> Event:
    """Take a submitted claim back before anybody acted. Raises Forbidden, Refused, Stale."""
    claim, move = queries.lock_claim(claim_id), Move(StepKind.WITHDRAWN, seen.key)
    if earlier := find_event(move.decision(actor, claim)):
        return earlier
    allow(permissions.can_withdraw(actor, claim))
    queries.check_fresh(claim, seen.version)
    refuse_if(rules.why_not_withdraw(claim))
    _tell_supervisors(actor, claim, NoticeKind.CLAIM_WITHDRAWN)
    return make_move(actor, claim, move, ClaimStatus.OPEN)


def sign_off(actor: Person, claim_id: UUID, seen: Seen, level: int, comment: str) -> Event:
    """Sign a claim off at a level, exactly as it was shown; where two must sign, it waits for the second.

    Raises Forbidden, Refused, Stale.
    """
    claim = queries.lock_claim(claim_id)
    outline = get_outline(claim.competency.version_id)
    alone = signs_alone(actor, claim.enrolment, today()) and not outline.signatures.countersign
    move = Move(StepKind.SIGNED_OFF if alone else StepKind.SIGNED, seen.key, level, {"comment": comment})
    if earlier := _signed_before(actor, claim, move):
        return earlier
    allow(permissions.can_sign_off(actor, claim, today()))
    queries.check_fresh(claim, seen.version)
    refuse_if(rules.why_not_sign_off(claim))
    refuse_if(rules.why_not_level(level, outline.requirement(claim.competency_id).level))
    evidence = queries.evidence_digests_of(claim)
    check_shown(claim, evidence, seen)
    claim.level_signed, claim.signed_off_at, claim.signed_off_by_id = level, now(), actor.id
    if not alone:
        _ask_for_second(actor, claim)
        return make_move(actor, claim, move, ClaimStatus.AWAITING_COUNTERSIGN, evidence)
    tell(claim.trainee_id, NoticeKind.CLAIM_SIGNED_OFF, actor, about(claim))
    return make_move(actor, claim, move, ClaimStatus.SIGNED_OFF, evidence)


def _signed_before(actor: Person, claim: Claim, move: Move) -> Event | None:
    """The signature of the same press, of either kind: whether the actor signs alone may have changed since."""
    try:
        return find_event(move.decision(actor, claim))
    except Reused:
        other = StepKind.SIGNED if move.kind is StepKind.SIGNED_OFF else StepKind.SIGNED_OFF
        return find_event(replace(move, kind=other).decision(actor, claim))


def _ask_for_second(actor: Person, claim: Claim) -> None:
    """Tell the trainee that one of two has signed, and those who can sign second that they are asked to."""
    tell(claim.trainee_id, NoticeKind.CLAIM_SIGNED, actor, about(claim))
    enrolment, on = claim.enrolment, today()
    others = {each.id for each in current_supervisors(enrolment, on) if signs_alone(each, enrolment, on)} - {actor.id}
    for person_id in others or {each.id for each in list_leads(enrolment, on)} - {actor.id}:
        tell(person_id, NoticeKind.COUNTERSIGN_WAITING, actor, about(claim))


def return_(actor: Person, claim_id: UUID, seen: Seen, reason: str, rejected: Collection[UUID] = frozenset()) -> Event:
    """Give a claim back with a reason: all of it, or only the entries that are not accepted.

    Raises Forbidden, Refused, Stale.
    """
    claim, facts = queries.lock_claim(claim_id), {"rejected": sorted(map(str, rejected))}
    move = Move(StepKind.RETURNED, seen.key, None, {"reason": reason}, facts)
    if earlier := find_event(move.decision(actor, claim)):
        return earlier
    allow(permissions.can_return(actor, claim, today()))
    queries.check_fresh(claim, seen.version)
    evidence = queries.evidence_digests_of(claim)
    refuse_if(rules.why_not_return(claim, rejected, evidence))
    reject(claim, rejected)
    tell(claim.trainee_id, NoticeKind.CLAIM_RETURNED, actor, about(claim))
    if claim.signed_off_by_id not in {None, actor.id}:
        tell(claim.signed_off_by_id, NoticeKind.COUNTERSIGN_REFUSED, actor, about(claim))
    _unsign(claim)
    return make_move(actor, claim, move, ClaimStatus.RETURNED, evidence)


def revoke(actor: Person, claim_id: UUID, seen: Seen, reason: str) -> Event:
    """Take a sign-off back with a reason; the sign-off itself stays on record. Raises Forbidden, Refused, Stale."""
    claim, move = queries.lock_claim(claim_id), Move(StepKind.REVOKED, seen.key, None, {"reason": reason})
    if earlier := find_event(move.decision(actor, claim)):
        return earlier
    allow(permissions.can_revoke(actor, claim, today()))
    queries.check_fresh(claim, seen.version)
    by_signer, by_lead = permissions.signed(actor, claim), leads(actor, claim.enrolment, today())
    refuse_if(rules.why_not_revoke(claim, by_signer, by_lead, now()))
    tell(claim.trainee_id, NoticeKind.CLAIM_REVOKED, actor, about(claim))
    return make_move(actor, claim, move, ClaimStatus.REVOKED)


def check_shown(claim: Claim, evidence: Mapping[UUID, str], seen: Seen) -> None:
    """Raises Stale when what was shown, as it was then, is not what was submitted."""
    if submitted_digest(claim, evidence, queries.version_of(claim).digest) != seen.digest:
        raise Stale("The evidence is not what you were shown. Read it as it is now, then decide.")


def _own_claim(enrolment: Enrolment, competency: Competency) -> Claim:
    """The trainee's claim to the competency, locked; a new open one when there was none."""
    claim = queries.find_claim(enrolment.id, competency.id)
    if claim is not None:
        return queries.lock_claim(claim.id)
    claim = Claim(enrolment_id=enrolment.id, competency_id=competency.id, trainee_id=enrolment.trainee_id)
    claim.moved_at = now()
    claim.enrolment, claim.competency, claim.trainee = enrolment, competency, enrolment.trainee
    claim.attempt, claim.version, claim.status = 1, 0, ClaimStatus.OPEN
    try:
        with db.session.begin_nested():
            db.session.add(claim)
    except IntegrityError as error:
        raise Refused("You submitted this in another window a moment ago. Open the page again.") from error
    return claim


def _unsign(claim: Claim) -> None:
    """Nobody has signed the present attempt, and nobody is asked by name; its history keeps who once did and was."""
    claim.level_signed = claim.signed_off_at = claim.signed_off_by_id = None
    claim.countersigned_at = claim.countersigned_by_id = claim.asked_of_id = None


def _is_supervised(enrolment: Enrolment) -> bool:
    return bool(current_supervisors(enrolment, today()))


def _tell_supervisors(actor: Person, claim: Claim, kind: NoticeKind) -> None:
    for supervisor in current_supervisors(claim.enrolment, today()):
        tell(supervisor.id, kind, actor, about(claim))


def about(claim: Claim) -> About:
    """What a notice of the claim is about."""
    return About(claim.enrolment_id, claim.competency.code, f"/claims/{claim.id}")


def make_move(
    actor: Person, claim: Claim, move: Move, status: ClaimStatus, evidence: Mapping[UUID, str] | None = None
) -> Event:
    """Move the claim, restate where the trainee stands, and put the move on record, last."""
    if claim.status is not status:
        claim.moved_at = now()  # What is passed on waits since it was submitted.
    claim.status, claim.version = status, claim.version + 1
    db.session.flush()
    lock_enrolment(claim.enrolment_id, claim.enrolment.version_id)
    for requirement_id in present_ids(claim.enrolment, [claim.competency_id]):
        _restate(claim, requirement_id)
    facts = on_record(claim, claim.competency.code, queries.version_of(claim).digest, evidence or {})
    cover = covering(actor, claim.enrolment, today())
    facts |= {"for": str(cover.covers_for_id)} if cover else {}
    event = record.append(move.decision(actor, claim, **facts))
    db.session.connection().execute(ADD_STEP, _step(actor, claim, move, event, cover.covers_for_id if cover else None))
    return event


def _restate(claim: Claim, requirement_id: UUID) -> None:
    """Say anew where the trainee stands. A claim that moves changes nothing of what is counted for it.

    The claim decides for its own competency unless it is open again.
    """
    enrolment = claim.enrolment
    decides = requirement_id == claim.competency_id and claim.status is not ClaimStatus.OPEN
    if not (decides and restage(enrolment, requirement_id, facts_from(claim, ()))):
        restate(enrolment, requirement_id, facts_of(enrolment, requirement_id))


def _step(actor: Person, claim: Claim, move: Move, event: Event, covers_for_id: UUID | None) -> dict[str, Any]:
    """The move as the claim's history tells it: the columns of a ClaimStep."""
    return {
        "claim_id": claim.id,
        "attempt": claim.attempt,
        "kind": move.kind,
        "actor_id": actor.id,
        "at": event.recorded_at,
        "level": move.level,
        "comment": next(iter(move.texts.values()), ""),
        "event_seq": event.seq,
        "covers_for_id": covers_for_id,
    }
