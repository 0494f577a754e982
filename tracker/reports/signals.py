"""What a training lead or a moderator may want to look at. Each is a prompt and no finding: it blocks nothing.

Source: no standard gives the numbers. They are chosen so that a usual week shows nothing.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from itertools import groupby, pairwise
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from tracker.accounts.models import Person
from tracker.core.clock import zone
from tracker.core.db import db
from tracker.curricula.models import Requirement
from tracker.logbook.models import Claim, ClaimEvidence, ClaimStep, LogEntry, StepKind

LATELY = timedelta(days=365)
AT_ONCE = timedelta(minutes=1)
IN_A_ROW = 5
SAME_COMMENT = 5
IN_A_DAY = 15
ONE_FOR_ALL = 10
LONG_AFTER_DAYS = 90
SIGNED = (StepKind.SIGNED_OFF, StepKind.SIGNED)


@dataclass(frozen=True)
class Signed:
    """A sign-off as it was given: by whom, for whom, when, and how long after what it rests on."""

    claim_id: UUID
    code: str
    trainee_id: UUID
    trainee: str
    signer_id: UUID
    signer: str
    at: datetime
    on: date
    comment: str
    submitted_at: datetime | None
    done_on: date | None  # the last day of its evidence


@dataclass(frozen=True)
class Finding:
    """One thing to look at, and the sign-offs that it is about."""

    sentence: str
    claims: tuple[tuple[UUID, str], ...]  # id and code


@dataclass(frozen=True)
class Signal:
    """A kind of thing to look at: what was found, and what to ask before one thinks anything of it."""

    title: str
    ask: str
    findings: tuple[Finding, ...]


def signals_in(signed: Sequence[Signed]) -> list[Signal]:
    """What these sign-offs give reason to look at. Needs: ordered by signer and time."""
    return [
        Signal(
            "Signed within a minute of being submitted",
            "Was it read beforehand, on paper or together? Then there is nothing to it.",
            tuple(_at_once(signed)),
        ),
        Signal(
            "Many signed one after another, each within a minute",
            "Was it one sitting, prepared beforehand? Read two of them: does the evidence carry the level?",
            tuple(_in_a_row(signed)),
        ),
        Signal(
            "Many signed by one person on one day",
            "Was a day set aside for it, or had they waited? Ask whether somebody can share the work.",
            tuple(_in_a_day(signed)),
        ),
        Signal(
            "The same comment many times",
            "Does the comment say something about the work? Ask for a line that helps the trainee.",
            tuple(_same_comment(signed)),
        ),
        Signal(
            "One assessor for everything",
            "Could a second person see some of the work? Two pairs of eyes help the trainee.",
            tuple(_one_for_all(signed)),
        ),
        Signal(
            f"Signed more than {LONG_AFTER_DAYS} days after the work",
            "What held it up? What is signed soon is remembered better.",
            tuple(_long_after(signed)),
        ),
    ]


def _at_once(signed: Sequence[Signed]) -> Iterator[Finding]:
    for each in signed:
        if each.submitted_at and each.at - each.submitted_at < AT_ONCE:
            yield Finding(f"{each.signer} for {each.trainee}, {_day(each.on)}", _named([each]))


def _in_a_row(signed: Sequence[Signed]) -> Iterator[Finding]:
    for row in _rows(signed):
        if len(row) >= IN_A_ROW:
            yield Finding(f"{row[0].signer}, {len(row)} on {_day(row[0].on)}", _named(row))


def _rows(signed: Sequence[Signed]) -> Iterator[list[Signed]]:
    """The sign-offs of each person, parted wherever more than a minute lies between two."""
    row = list(signed[:1])
    for before, after in pairwise(signed):
        if after.signer_id != before.signer_id or after.at - before.at >= AT_ONCE:
            yield row
            row = []
        row.append(after)
    yield row


def _in_a_day(signed: Sequence[Signed]) -> Iterator[Finding]:
    for _, group in groupby(signed, key=lambda each: (each.signer_id, each.on)):
        day = list(group)
        if len(day) >= IN_A_DAY:
            yield Finding(f"{day[0].signer}, {len(day)} on {_day(day[0].on)}", _named(day))


def _same_comment(signed: Sequence[Signed]) -> Iterator[Finding]:
    alike: dict[tuple[UUID, str], list[Signed]] = {}
    for each in signed:
        if comment := " ".join(each.comment.casefold().split()):
            alike.setdefault((each.signer_id, comment), []).append(each)
    for same in alike.values():
        if len(same) >= SAME_COMMENT:
            yield Finding(f"{same[0].signer}, {len(same)} times: “{same[0].comment[:80]}”", _named(same))


def _one_for_all(signed: Sequence[Signed]) -> Iterator[Finding]:
    by_trainee: dict[UUID, list[Signed]] = {}
    for each in signed:
        by_trainee.setdefault(each.trainee_id, []).append(each)
    for own in by_trainee.values():
        signers = Counter(each.signer_id for each in own)
        if len(own) >= ONE_FOR_ALL and len(signers) == 1:
            yield Finding(f"{own[0].trainee}: all {len(own)} by {own[0].signer}", _named(own))


def _long_after(signed: Sequence[Signed]) -> Iterator[Finding]:
    for each in signed:
        if each.done_on and (days := (each.on - each.done_on).days) > LONG_AFTER_DAYS:
            yield Finding(f"{each.trainee}, signed by {each.signer} {days} days after the last entry", _named([each]))


def _named(signed: Iterable[Signed]) -> tuple[tuple[UUID, str], ...]:
    return tuple((each.claim_id, each.code) for each in signed)


def _day(day: date) -> str:
    return f"{day.day} {day:%B} {day.year}"


def list_signed(enrolment_ids: sa.Select[UUID], at: datetime) -> list[Signed]:
    """The sign-offs of these enrolments in the year before. Order: by signer and time."""
    trainee, signer, submitted = aliased(Person), aliased(Person), aliased(ClaimStep)
    same_attempt = sa.and_(submitted.claim_id == ClaimStep.claim_id, submitted.attempt == ClaimStep.attempt)
    done_on = (
        sa.select(sa.func.max(LogEntry.performed_on))
        .join(ClaimEvidence, ClaimEvidence.entry_id == LogEntry.id)
        .where(ClaimEvidence.claim_id == ClaimStep.claim_id, ClaimEvidence.attempt == ClaimStep.attempt)
        .scalar_subquery()
    )
    names = (trainee.given_name, trainee.family_name, signer.given_name, signer.family_name)
    facts = (Claim.id, Requirement.code, trainee.id, signer.id, ClaimStep.at, ClaimStep.comment, submitted.at, done_on)
    chosen = (
        sa.select(*names, *facts)
        .select_from(ClaimStep)
        .join(Claim, Claim.id == ClaimStep.claim_id)
        .join(Requirement, Requirement.id == Claim.competency_id)
        .join(trainee, trainee.id == Claim.trainee_id)
        .join(signer, signer.id == ClaimStep.actor_id)
        .outerjoin(submitted, sa.and_(same_attempt, submitted.kind == StepKind.SUBMITTED))
        .where(Claim.enrolment_id.in_(enrolment_ids), ClaimStep.kind.in_(SIGNED), ClaimStep.at > at - LATELY)
        .order_by(ClaimStep.actor_id, ClaimStep.at, ClaimStep.event_seq)
    )
    return [_signed(row) for row in db.session.execute(chosen)]


def _signed(row: Any) -> Signed:
    given, family, signer_given, signer_family, claim_id, code, trainee_id, signer_id, at, *rest = row
    comment, submitted_at, done_on = rest
    on = at.astimezone(zone()).date()
    trainee, signer = f"{given} {family}", f"{signer_given} {signer_family}"
    return Signed(claim_id, code, trainee_id, trainee, signer_id, signer, at, on, comment, submitted_at, done_on)
