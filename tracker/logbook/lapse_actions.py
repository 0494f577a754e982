"""Sign-offs that are due for a recheck, and rechecking them. A sign-off that lapses is not void."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID, uuid5

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.core.clock import now, today
from tracker.core.db import begin_write, db
from tracker.core.errors import allow, refuse_if
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import covering, current_supervisors
from tracker.enrolments.placing import present_ids
from tracker.enrolments.queries import lock_enrolment
from tracker.equipment.models import Revision
from tracker.logbook import lapse_queries, permissions, queries, rules
from tracker.logbook.claim_actions import Seen, about, check_shown
from tracker.logbook.content import on_record
from tracker.logbook.facts import deciding, facts_of
from tracker.logbook.models import Claim, ClaimStatus, ClaimStep, StepKind
from tracker.notifications.actions import tell
from tracker.notifications.models import NoticeKind
from tracker.progress.actions import restate
from tracker.progress.models import LapseCause
from tracker.progress.validity import ends_soon
from tracker.record import actions as record
from tracker.record.decision import THE_TRACKER, Decision
from tracker.record.models import Event
from tracker.record.queries import find_event

NOTHING: Mapping[str, Any] = {}


def lapse_ended(enrolment: Enrolment, requirement_id: UUID) -> bool:
    """Put a sign-off whose validity has ended down for a recheck. Gives whether there was one."""
    claim, to_confirm = deciding(queries.claims_for(enrolment.id, requirement_id))
    if claim is None or to_confirm:
        return False
    claim = queries.lock_claim(claim.id)
    months = get_outline(enrolment.version_id).requirement(requirement_id).validity_months
    ends_on = facts_of(enrolment, requirement_id).lapses_on(months)
    if ends_on is None or ends_on > today():
        return False
    key = uuid5(claim.id, f"lapsed {claim.attempt} {ends_on.isoformat()}")
    facts = {"cause": LapseCause.VALIDITY.value, "lapses_on": ends_on.isoformat()}
    _lapse(claim, LapseCause.VALIDITY, None, _decision(StepKind.LAPSED, None, claim, key=key, facts=facts))
    return True


def ask_for_rechecks(limit: int = 100) -> int:
    """Put the sign-offs that a registered change touches down for a recheck, each in a transaction of its own.

    Gives how many things were done. It begins again where it was stopped.
    """
    change = lapse_queries.next_change()
    if change is None:
        return 0
    change_id, touched = change.id, lapse_queries.touched_by(change, limit)
    for claim_id in touched:
        begin_write()
        _lapse_changed(claim_id, _change(change_id))
        db.session.commit()
    if not touched:
        begin_write()
        _change(change_id).asked_at = now()
        db.session.commit()
    return len(touched) or 1


def _change(change_id: UUID) -> Revision:
    """The change as it is in this transaction. Loads: equipment."""
    chosen = sa.select(Revision).where(Revision.id == change_id).options(lapse_queries.WITH_EQUIPMENT)
    return db.session.scalars(chosen.execution_options(populate_existing=True)).one()


def _lapse_changed(claim_id: UUID, change: Revision) -> None:
    """Put a sign-off down for a recheck because of a change, unless somebody moved it meanwhile."""
    claim = queries.lock_claim(claim_id)
    if claim.status is not ClaimStatus.SIGNED_OFF or claim.moved_at > change.registered_at:
        return
    key, actor = uuid5(change.id, str(claim.id)), db.session.get_one(Person, change.registered_by_id)
    facts = {"cause": LapseCause.CHANGE.value, "revision": str(change.id), "registered_by": str(actor.id)}
    said = f"{change.equipment.name}, {change.name}: {change.what_changed}"
    decision = _decision(StepKind.LAPSED, None, claim, key=key, facts=facts, texts={"change": said})
    _lapse(claim, LapseCause.CHANGE, actor, decision)


def _lapse(claim: Claim, cause: LapseCause, actor: Person | None, decision: Decision) -> None:
    """The level and the signer stay; the trainee and those who can recheck it are told. `actor`: of the change.

    On record it is the tracker that asks: whoever registers a change decides on no claim, and may be the trainee.
    """
    if find_event(decision):
        return
    claim.lapse_cause = cause
    for person_id in {claim.trainee_id, *(each.id for each in current_supervisors(claim.enrolment, today()))}:
        tell(person_id, NoticeKind.RECHECK_DUE, actor, about(claim))
    _move(claim, ClaimStatus.LAPSED, StepKind.LAPSED, None, decision)


def recheck(actor: Person, claim_id: UUID, seen: Seen, *, holds: bool, looked_at: str) -> Event:
    """Say that a sign-off still holds at its level, and what was looked at; or that it does not, and why.

    One that does not hold goes back to the trainee, who claims again. Raises Forbidden, Refused, Stale.
    """
    claim, kind = queries.lock_claim(claim_id), StepKind.RECHECKED if holds else StepKind.RETURNED
    texts = {"looked_at" if holds else "reason": looked_at}
    if earlier := find_event(_decision(kind, actor, claim, key=seen.key, texts=texts)):
        return earlier
    allow(permissions.can_recheck(actor, claim, today()))
    queries.check_fresh(claim, seen.version)
    refuse_if(rules.why_not_recheck(claim, ends_soon(lapse_queries.lapses_on(claim), today())))
    evidence = queries.evidence_digests_of(claim)
    check_shown(claim, evidence, seen)
    in_use = lapse_queries.in_use(lapse_queries.list_named(claim), today())
    facts: dict[str, Any] = {"equipment": sorted(str(revision.id) for revision in in_use)}
    facts |= on_record(claim, claim.competency.code, queries.version_of(claim).digest, evidence)
    cover = covering(actor, claim.enrolment, today())
    facts |= {"for": str(cover.covers_for_id)} if cover else {}
    tell(claim.trainee_id, NoticeKind.RECHECKED if holds else NoticeKind.CLAIM_RETURNED, actor, about(claim))
    status = ClaimStatus.SIGNED_OFF if holds else ClaimStatus.RETURNED
    decision = _decision(kind, actor, claim, key=seen.key, facts=facts, texts=texts)
    return _move(claim, status, kind, actor, decision)


def _decision(  # noqa: PLR0913 - each is a part of what goes on record
    kind: StepKind,
    actor: Person | None,
    claim: Claim,
    *,
    key: UUID,
    facts: Mapping[str, Any] = NOTHING,
    texts: Mapping[str, str] = NOTHING,
) -> Decision:
    """What happened to a sign-off, as it goes on record, with the level that it stands at."""
    of_claim = {"claim": str(claim.id), "attempt": claim.attempt, "level": claim.level_signed}
    actor_id = actor.id if actor else THE_TRACKER
    return Decision(f"claim_{kind.value}", actor_id, claim.enrolment_id, key, of_claim | dict(facts), texts)


def _move(claim: Claim, status: ClaimStatus, kind: StepKind, actor: Person | None, decision: Decision) -> Event:
    """Move the claim, restate where the trainee stands, and put the move on record, last."""
    claim.status, claim.moved_at, claim.version = status, now(), claim.version + 1
    db.session.flush()
    lock_enrolment(claim.enrolment_id, claim.enrolment.version_id)
    for requirement_id in present_ids(claim.enrolment, [claim.competency_id]):
        restate(claim.enrolment, requirement_id, facts_of(claim.enrolment, requirement_id))
    event = record.append(decision)
    step = ClaimStep(claim_id=claim.id, attempt=claim.attempt, kind=kind, actor_id=actor.id if actor else None)
    step.at, step.event_seq, step.level = event.recorded_at, event.seq, claim.level_signed
    covered = decision.facts.get("for")
    step.covers_for_id = UUID(covered) if covered else None
    step.comment = next(iter(decision.texts.values()), "")
    db.session.add(step)
    return event
