"""Putting claims back from what the record says of them."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import asdict
from uuid import UUID

import sqlalchemy as sa

from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.curricula.models import Competency
from tracker.enrolments.models import Enrolment
from tracker.logbook.fold import ClaimState, Happened, Step, fold
from tracker.logbook.models import Claim, ClaimEvidence, ClaimStep, LogEntry
from tracker.record.models import Opening

LOST = "What was written here is lost: the tracker was restored from a copy that was made before."
FOLDED_APART = frozenset({"steps", "evidence"})


def restore_claims(enrolment: Enrolment, events: Iterable[Happened]) -> list[str]:
    """Bring an enrolment's claims, their steps and what they rest on to where its events leave them.

    Notes and comments that are gone stay so. Gives what could not be put back, a sentence each.
    """
    problems: list[str] = []
    for state in fold(events).values():
        missing = _missing(state)
        if missing:
            problems.append(f"The claim {state.id} needs {', '.join(missing)}, which is not in the database.")
            continue
        _restore(enrolment, state)
        db.session.flush()
        _restore_steps(state)
        problems += _restore_evidence(state)
    db.session.flush()
    return problems


def _missing(state: ClaimState) -> list[str]:
    """What the claim refers to and nothing has."""
    people = {id_ for step in state.steps for id_ in (step.actor_id, step.covers_for_id)} | {state.asked_of_id}
    unknown = {id_ for id_ in people if id_} - set(_known(Person, {id_ for id_ in people if id_}))
    competency = set() if _known(Competency, {state.competency_id}) else {state.competency_id}
    return [f"person {id_}" for id_ in sorted(unknown)] + [f"competency {id_}" for id_ in competency]


def _known(model: type[Person] | type[Competency] | type[LogEntry], ids: Collection[UUID]) -> list[UUID]:
    return list(db.session.scalars(sa.select(model.id).where(model.id.in_(ids))))


def _restore(enrolment: Enrolment, state: ClaimState) -> None:
    claim = db.session.get(Claim, state.id)
    if claim is None:
        claim = Claim(id=state.id, trainee_id=enrolment.trainee_id, note="")
        db.session.add(claim)
    for name, value in asdict(state).items():
        if name not in FOLDED_APART:
            setattr(claim, name, value)


def _restore_steps(state: ClaimState) -> None:
    """Add the steps that are missing; those that are there have their words."""
    present = set(db.session.scalars(sa.select(ClaimStep.event_seq).where(ClaimStep.claim_id == state.id)))
    lost = [step for step in state.steps if step.event_seq not in present]
    comments = _comments([step.event_seq for step in lost])
    db.session.add_all(_row(state, step, comments) for step in lost)


def _row(state: ClaimState, step: Step, comments: Mapping[int, str]) -> ClaimStep:
    return ClaimStep(claim_id=state.id, comment=comments.get(step.event_seq, LOST), **asdict(step))


def _comments(seqs: Collection[int]) -> dict[int, str]:
    """What was said with these events, where it is still there."""
    rows = db.session.execute(sa.select(Opening.seq, Opening.text).where(Opening.seq.in_(seqs)))
    return {row.seq: row.text for row in rows}


def _restore_evidence(state: ClaimState) -> list[str]:
    """Say again what each attempt rests on. An entry that is gone cannot be put back: the record has its digest."""
    known = set(_known(LogEntry, {each.entry_id for each in state.evidence}))
    for each in state.evidence:
        if each.entry_id in known:
            db.session.merge(ClaimEvidence(claim_id=state.id, **asdict(each)))
    gone = sorted({each.entry_id for each in state.evidence} - known)
    return [f"The claim {state.id} rests on the entry {entry_id}, which is lost." for entry_id in gone]
