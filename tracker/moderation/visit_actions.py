"""Opening a moderator's visit, judging its samples, and putting its outcome on record."""

import hashlib
import hmac
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from flask import current_app

from tracker.accounts.models import Grant, Person, Role
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import Refused, allow, refuse_if
from tracker.enrolments.queries import list_leads
from tracker.moderation import permissions, rules
from tracker.moderation import visit_queries as queries
from tracker.moderation.drawing import Candidate, draw, list_digest
from tracker.moderation.models import Sample, Verdict, Visit, VisitOutcome
from tracker.moderation.queries import leads_at, list_holders, parts_of
from tracker.notifications.actions import About, tell
from tracker.notifications.models import NoticeKind
from tracker.record import actions as record
from tracker.record.decision import Decision
from tracker.record.models import Event
from tracker.record.queries import find_event, last_leaf

FOR_SEEDS = b"seed of a visit"


@dataclass(frozen=True)
class Opening:
    """A visit as it is asked for, and which press of the button it is."""

    key: UUID
    centre_id: UUID
    curriculum_id: UUID
    moderator_id: UUID
    opens_on: date
    closes_on: date
    each: int = 1
    trainees: int | None = None  # of how many; None: of all

    def decision(self, actor: Person, **more: object) -> Decision:
        """The visit as it goes on record."""
        said = {
            "centre": str(self.centre_id),
            "curriculum": str(self.curriculum_id),
            "moderator": str(self.moderator_id),
            "opens_on": self.opens_on.isoformat(),
            "closes_on": self.closes_on.isoformat(),
            "each": self.each,
            "trainees": self.trainees,
        }
        return Decision("visit_opened", actor.id, None, self.key, said | more, {})


def open_visit(actor: Person, opening: Opening) -> Visit:
    """Draw the samples, and let the moderator see the records they are from in these days.

    The same press gives the same visit. Raises Forbidden, Refused.
    """
    queries.lock_place(opening.centre_id)
    if earlier := find_event(opening.decision(actor)):
        return queries.get_recorded(earlier.seq)
    allow(permissions.can_open_visit(actor, opening.centre_id, opening.curriculum_id, today()))
    refuse_if(rules.why_not_window(opening.opens_on, opening.closes_on, today()))
    moderator = _moderator(actor, opening)
    candidates, left_out = _candidates(opening)
    seed = make_seed()
    drawn = draw(seed, candidates, opening.each, opening.trainees)
    refuse_if(rules.why_not_draw(len(drawn)))
    visit = _visit(actor, opening, seed)
    visit.drawn_from, visit.left_out = sorted(one.plain() for one in candidates), left_out
    tell(moderator.id, NoticeKind.VISIT_OPENED, actor, About(drawn[0].enrolment_id, "a visit", f"/visits/{visit.id}"))
    _let_see(actor, visit, drawn)
    samples = [{"claim": str(one.claim_id), "decided": one.decided_seq} for one in drawn]
    facts = {"visit": str(visit.id), "seed": seed, "drawn_from": list_digest(candidates), "samples": samples}
    event = record.append(opening.decision(actor, **facts))
    visit.event_seq, visit.opened_at = event.seq, event.recorded_at
    db.session.add(visit)
    db.session.flush()
    db.session.add_all(_sample(visit, position, one) for position, one in enumerate(drawn, start=1))
    db.session.flush()
    return visit


def make_seed() -> str:
    """A seed that nobody chooses or knows before: from the last event on record, and a secret of this machine.

    It is the same while nothing is put on record, so that an opening that is rehearsed for a passkey is the one made.
    """
    secret: str = current_app.config["SECRET_KEY"]
    return hmac.new(secret.encode(), FOR_SEEDS + last_leaf(), hashlib.sha256).hexdigest()


def _moderator(actor: Person, opening: Opening) -> Person:
    """The moderator who is asked. Raises Refused for one who holds no such grant or is not from outside."""
    holders = list_holders(Role.MODERATOR, today())
    found = next((each for each in holders if each.id == opening.moderator_id and each.id != actor.id), None)
    if found is None:
        raise Refused("This person is no moderator. Open the page again and choose one that is offered.")
    refuse_if(rules.why_not_moderate(found.name, leads_at(found.id, opening.centre_id)))
    return found


def _candidates(opening: Opening) -> tuple[list[Candidate], int]:
    """What can be drawn, and how many trainees are left out because the moderator had a part in training them."""
    enrolment_ids = queries.enrolments_at(opening.centre_id, opening.curriculum_id)
    found = queries.list_candidates(enrolment_ids)
    known = parts_of(opening.moderator_id, enrolment_ids)
    left_out = {one.enrolment_id for one in found if one.enrolment_id in known}
    return [one for one in found if one.enrolment_id not in left_out], len(left_out)


def _visit(actor: Person, opening: Opening, seed: str) -> Visit:
    return Visit(
        id=opening.key,  # known before it is on record, as a passkey needs it
        centre_id=opening.centre_id,
        curriculum_id=opening.curriculum_id,
        moderator_id=opening.moderator_id,
        opened_by_id=actor.id,
        opens_on=opening.opens_on,
        closes_on=opening.closes_on,
        seed=seed,
        each=opening.each,
        trainees=opening.trainees,
    )


def _let_see(actor: Person, visit: Visit, drawn: Sequence[Candidate]) -> None:
    """A grant for each sampled enrolment, in the days of the visit and no longer."""
    db.session.add_all(
        Grant(
            person_id=visit.moderator_id,
            role=Role.MODERATOR,
            enrolment_id=enrolment_id,
            starts_on=visit.opens_on,
            ends_on=visit.closes_on,
            given_by_id=actor.id,
        )
        for enrolment_id in sorted({one.enrolment_id for one in drawn})
    )


def _sample(visit: Visit, position: int, one: Candidate) -> Sample:
    sample = Sample(visit_id=visit.id, position=position, enrolment_id=one.enrolment_id, claim_id=one.claim_id)
    sample.stratum, sample.decided_seq = one.stratum, one.decided_seq
    return sample


@dataclass(frozen=True)
class Judgement:
    """What a moderator says of a sample, and which version of it was shown."""

    verdict: Verdict
    note: str = ""
    version: int | None = 1


def judge(actor: Person, visit: Visit, sample_id: UUID, said: Judgement) -> Sample:
    """Say what the moderator makes of one sample; until the outcome it can be said again.

    Needs: as get_visit. Raises NotFound, Forbidden, Refused, Stale.
    """
    queries.lock_visit(visit)
    allow(permissions.can_judge(actor, visit, today()))
    refuse_if(rules.why_not_judge(visit, today()))
    sample = queries.sample_of(visit, sample_id)
    if (sample.verdict, sample.note) == (said.verdict, said.note):
        return sample
    queries.check_fresh(sample, said.version)
    refuse_if(rules.why_not_verdict(said.verdict, said.note))
    sample.verdict, sample.note, sample.version = said.verdict, said.note, sample.version + 1
    db.session.flush()
    return sample


def hold_visit(actor: Person, visit: Visit, key: UUID, outcome: VisitOutcome, comment: str) -> Event:
    """Put the outcome of a visit on record with every verdict; it changes no sign-off.

    The same press gives the same event. Needs: as get_visit. Raises Forbidden, Refused.
    """
    queries.lock_visit(visit)
    decision = _held(actor, visit, key, outcome, comment)
    if earlier := find_event(decision):
        return earlier
    allow(permissions.can_judge(actor, visit, today()))
    refuse_if(rules.why_not_judge(visit, today()))
    refuse_if(rules.why_not_hold(visit.samples))
    _tell_of(actor, visit)
    event = record.append(decision)
    visit.outcome, visit.comment = outcome, comment
    visit.held_at, visit.held_seq = event.recorded_at, event.seq
    db.session.flush()
    return event


def _held(actor: Person, visit: Visit, key: UUID, outcome: VisitOutcome, comment: str) -> Decision:
    """The outcome as it goes on record: each verdict with its decision, each note as a commitment."""
    verdicts = [
        {"claim": str(each.claim_id), "decided": each.decided_seq, "verdict": str(each.verdict or "")}
        for each in visit.samples
    ]
    notes = {f"note_{each.position}": each.note for each in visit.samples if each.note}
    facts = {"visit": str(visit.id), "opened": visit.event_seq, "outcome": outcome.value, "verdicts": verdicts}
    return Decision("visit_held", actor.id, None, key, facts, {"comment": comment} | notes)


def _tell_of(actor: Person, visit: Visit) -> None:
    """Tell who opened the visit of its outcome, and the training leads of each sign-off that is not agreed with."""
    path = f"/visits/{visit.id}"
    tell(visit.opened_by_id, NoticeKind.VISIT_HELD, actor, About(visit.samples[0].enrolment_id, "a visit", path))
    for sample in visit.samples:
        if sample.verdict is Verdict.DISAGREES:
            about = About(sample.enrolment_id, sample.claim.competency.code, path)
            for lead in list_leads(sample.enrolment, today()):
                tell(lead.id, NoticeKind.VERDICT_AGAINST, actor, about)
