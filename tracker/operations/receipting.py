"""Receipts by mail: proof of a decision, in the hands of those whom it is about, once it is sealed."""

import json
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

import sqlalchemy as sa
from flask import current_app, render_template

from tracker.accounts.models import Person
from tracker.core.clock import now, today, zone
from tracker.core.db import begin_write, db
from tracker.core.mail import write_mail
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import current_supervisors
from tracker.enrolments.queries import may_see, with_people
from tracker.notifications import rules
from tracker.record.checkpoints import latest_checkpoint
from tracker.record.models import Event, Head
from tracker.record.receipts import receipt_name, write_receipts

COLLECTED_FOR = timedelta(minutes=2)
AT_A_TIME = 500
WORDS = {
    "claim_signed_off": "signed off",
    "claim_signed": "signed by the first of two",
    "claim_countersigned": "signed off by the second of two",
    "claim_returned": "returned",
    "claim_revoked": "sign-off revoked",
    "claim_lapsed": "due for a recheck",
    "claim_rechecked": "rechecked: it still holds",
    "module_result_confirmed": "module result confirmed",
    "review_held": "review on record",
    "section_signed": "section signed",
    "training_signed": "the whole training signed",
    "signature_revoked": "signature of a section or of the whole revoked",
}


@dataclass(frozen=True)
class Sealed:
    """A decision for which people get a receipt."""

    seq: int
    said: str
    leaf: str
    actor_id: UUID
    enrolment_id: UUID


def post_receipts() -> int:
    """Write one message to each person with the receipts of all that was sealed lately. Gives how many events went by.

    Receipts are collected for a short while, and at night they wait, as all mail does. It commits.
    """
    db.session.rollback()
    if not current_app.config["DEMO"] and not rules.may_send(now().astimezone(zone())):
        return 0
    done, checkpoint = db.session.scalars(sa.select(Head.receipts_to)).one(), latest_checkpoint()
    if checkpoint is None or checkpoint.size <= done or not _collected(done + 1):
        return 0
    upto = min(checkpoint.size, done + AT_A_TIME)
    begin_write()
    _post(_sealed(done, upto))
    moved = sa.update(Head).where(Head.receipts_to == done).values(receipts_to=upto).returning(Head.receipts_to)
    if db.session.scalar(moved) is None:  # another worker was faster
        db.session.rollback()
        return 0
    db.session.commit()
    return upto - done


def _collected(seq: int) -> bool:
    """Whether the first event without a receipt has waited long enough for others to come with it."""
    recorded_at = db.session.scalar(sa.select(Event.recorded_at).where(Event.seq == seq))
    return recorded_at is not None and now() - recorded_at >= COLLECTED_FOR


def _sealed(after: int, upto: int) -> list[Sealed]:
    """The events among these that people get receipts for. Order: as they are numbered."""
    chosen = sa.select(Event.seq, Event.kind, Event.body, Event.leaf).where(Event.seq > after, Event.seq <= upto)
    rows = db.session.execute(chosen.where(Event.kind.in_(WORDS)).order_by(Event.seq)).all()
    return [_from(row.seq, row.leaf.hex(), WORDS[row.kind], json.loads(row.body)) for row in rows]


def _from(seq: int, leaf: str, words: str, body: dict[str, str | dict[str, str]]) -> Sealed:
    facts = body["facts"]
    code = facts.get("code") or facts.get("review") if isinstance(facts, dict) else ""
    said = f"{code}: {words}" if code else words.capitalize()
    return Sealed(seq, said, leaf, UUID(str(body["actor"])), UUID(str(body["enrolment"])))


def _post(sealed: Sequence[Sealed]) -> None:
    """A message to each person with what they may see of it."""
    ids = {each.enrolment_id for each in sealed}
    found = db.session.scalars(with_people().where(Enrolment.id.in_(ids))).unique()
    enrolments = {enrolment.id: enrolment for enrolment in found}
    theirs: dict[UUID, list[Sealed]] = defaultdict(list)
    for each in sealed:
        for person_id in _people(each, enrolments.get(each.enrolment_id)):
            theirs[person_id].append(each)
    receipts = write_receipts([each.seq for each in sealed])
    for person in db.session.scalars(sa.select(Person).where(Person.id.in_(theirs), Person.active)):
        _write(person, theirs[person.id], receipts)


def _people(each: Sealed, enrolment: Enrolment | None) -> set[UUID]:
    """The trainee, who decided, and who supervises the trainee now. Needs: supervisions and their people loaded."""
    if enrolment is None:
        return set()
    supervisors = {person.id for person in current_supervisors(enrolment, today())}
    return {enrolment.trainee_id, each.actor_id} | supervisors


def _write(person: Person, theirs: Sequence[Sealed], receipts: dict[int, str]) -> None:
    """Nothing of what they may no longer see. Who wants no notices gets receipts: those are proof."""
    seen = {enrolment_id: may_see(person, enrolment_id) for enrolment_id in {each.enrolment_id for each in theirs}}
    told = [each for each in theirs if seen[each.enrolment_id]]
    if not told:
        return
    rows = [(each.seq, each.said, each.leaf) for each in told]
    facts = {"person": person, "rows": rows, "base": current_app.config["BASE_URL"]}
    write_mail(
        person.email,
        f"Receipt: {told[0].said}" if len(told) == 1 else f"Receipts for {len(told)} decisions",
        render_template("operations/receipt_mail.txt", **facts),
        render_template("operations/receipt_mail.html", **facts),
        {receipt_name(each.seq): receipts[each.seq] for each in told},
    )
