"""Signing a section or the whole training, and taking that back."""

from dataclasses import dataclass
from uuid import UUID

from tracker.accounts.models import Person
from tracker.core.clock import now, today
from tracker.core.db import db
from tracker.core.errors import Stale, allow, refuse_if
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import leads
from tracker.enrolments.queries import list_leads, lock_enrolment
from tracker.notifications.actions import About, tell
from tracker.notifications.models import NoticeKind
from tracker.record import actions as record
from tracker.record.decision import Decision
from tracker.record.models import Event
from tracker.record.queries import find_event
from tracker.reviews import permissions, rules
from tracker.reviews import signature_queries as queries
from tracker.reviews.models import Signature, SignatureItem
from tracker.reviews.to_sign import ToSign, section_to_sign, whole_to_sign


@dataclass(frozen=True)
class SignatureFacts:
    """A press of the button, exactly what was shown with it, and what the signer says."""

    key: UUID
    digest: str
    comment: str = ""


def sign_section(actor: Person, enrolment: Enrolment, section_id: UUID, facts: SignatureFacts) -> Signature:
    """Sign a complete section, as it was shown. The same press gives the same signature.

    Raises NotFound, Forbidden, Refused, Stale.
    """
    return _sign(actor, enrolment, section_id, facts)


def sign_training(actor: Person, enrolment: Enrolment, facts: SignatureFacts) -> Signature:
    """Sign the whole training, as it was shown. Raises as sign_section."""
    return _sign(actor, enrolment, None, facts)


def _sign(actor: Person, enrolment: Enrolment, section_id: UUID | None, facts: SignatureFacts) -> Signature:
    lock_enrolment(enrolment.id, enrolment.version_id)
    asked = {"section": str(section_id) if section_id else None, "content": facts.digest}
    kind = "section_signed" if section_id else "training_signed"
    decision = Decision(kind, actor.id, enrolment.id, facts.key, asked, {"comment": facts.comment})
    if earlier := find_event(decision):
        return queries.get_recorded_signature(earlier.seq)
    shown = _to_sign(enrolment, section_id)
    allow(permissions.can_sign_above(actor, enrolment, shown.signer, today()))
    refuse_if(rules.why_not_sign(shown.lacks))
    if shown.digest != facts.digest:
        raise Stale("What is signed here changed after you opened the page. Read it as it is now, then decide.")
    _tell(actor, enrolment, shown)
    return _put_on_record(actor, enrolment, shown, decision)


def _to_sign(enrolment: Enrolment, section_id: UUID | None) -> ToSign:
    outline = get_outline(enrolment.version_id)
    if section_id is None:
        return whole_to_sign(outline, enrolment, today())
    return section_to_sign(outline, enrolment, section_id, today())


def _put_on_record(actor: Person, enrolment: Enrolment, shown: ToSign, decision: Decision) -> Signature:
    """The signature, what it rests on, and its event, which is last."""
    signature = Signature(enrolment_id=enrolment.id, trainee_id=enrolment.trainee_id, version_id=enrolment.version_id)
    signature.section_id, signature.digest = shown.section_id, shown.digest
    signature.signed_by_id, signature.comment = actor.id, decision.texts["comment"]
    events = sorted(item.event_seq for item in shown.items)
    known = {"code": shown.code if shown.section_id else "", "curriculum": enrolment.version.digest, "events": events}
    facts = dict(decision.facts) | known
    event = record.append(Decision(decision.kind, actor.id, enrolment.id, decision.key, facts, decision.texts))
    signature.signed_at, signature.event_seq = event.recorded_at, event.seq
    db.session.add(signature)
    db.session.flush()
    db.session.add_all(SignatureItem(signature_id=signature.id, event_seq=seq) for seq in events)
    db.session.flush()
    return signature


def _tell(actor: Person, enrolment: Enrolment, shown: ToSign) -> None:
    """Tell the trainee; and the training leads, when the last section is signed and only the whole is left."""
    about = About(enrolment.id, shown.code, f"/enrolments/{enrolment.id}/signatures")
    kind = NoticeKind.SECTION_SIGNED if shown.section_id else NoticeKind.TRAINING_SIGNED
    tell(enrolment.trainee_id, kind, actor, about)
    if shown.section_id is None or get_outline(enrolment.version_id).signatures.whole is None:
        return
    whole = whole_to_sign(get_outline(enrolment.version_id), enrolment, today())
    if whole.lacks is not None and len(whole.lacks) == 1:  # which is the signature that is being given
        for lead in list_leads(enrolment, today()):
            if lead.id != actor.id:
                tell(lead.id, NoticeKind.TRAINING_WAITING, actor, About(enrolment.id, whole.code, about.path))


def revoke_signature(actor: Person, enrolment: Enrolment, signature_id: UUID, key: UUID, reason: str) -> Event:
    """Take a signature back with a reason; it stays on record. Raises NotFound, Forbidden, Refused."""
    lock_enrolment(enrolment.id)
    signature = queries.lock_signature(signature_id)
    asked = {"signature": signature.event_seq}
    decision = Decision("signature_revoked", actor.id, enrolment.id, key, asked, {"reason": reason})
    if earlier := find_event(decision):
        return earlier
    allow(permissions.can_revoke_signature(actor, signature, enrolment, today()))
    refuse_if(rules.why_not_revoke_signature(signature, leads(actor, enrolment, today()), now()))
    about = About(enrolment.id, "a signature", f"/enrolments/{enrolment.id}/signatures")
    tell(enrolment.trainee_id, NoticeKind.SIGNATURE_REVOKED, actor, about)
    event = record.append(decision)
    signature.revoked_at, signature.revoked_seq = event.recorded_at, event.seq
    signature.revoked_by_id, signature.reason = actor.id, reason
    return event
