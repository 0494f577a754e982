"""The pages of the signatures above the items."""

from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.factor import take_factor
from tracker.accounts.queries import viewer
from tracker.core.clock import now, today
from tracker.core.errors import allow
from tracker.core.forms import given
from tracker.core.web import before_writing
from tracker.curricula.checkpoints import SIGNERS
from tracker.curricula.conditions import Signer
from tracker.curricula.outline import Outline
from tracker.curricula.queries import get_outline
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import is_trainee, leads
from tracker.enrolments.queries import get_enrolment
from tracker.reviews import permissions, rules
from tracker.reviews import signature_actions as actions
from tracker.reviews import signature_queries as queries
from tracker.reviews.models import Signature
from tracker.reviews.signature_forms import RevokeForm, SignatureForm
from tracker.reviews.to_sign import ToSign, explained, section_to_sign, whole_to_sign

bp = Blueprint("signatures", __name__)


class Place(NamedTuple):
    """A section, or the whole training, that the curriculum has signed."""

    title: str
    sentence: str
    word: str
    path: str  # of the page where the viewer signs it; empty: not the viewer, or not now


class Given(NamedTuple):
    """A signature that was given."""

    title: str
    by: str
    at: datetime
    comment: str
    event_seq: int
    revoked_at: datetime | None
    reason: str
    path: str  # of the page where the viewer revokes it; empty: not the viewer, or not now


@bp.get("/enrolments/<uuid:enrolment_id>/signatures")
def signatures(enrolment_id: UUID) -> ResponseReturnValue:
    """What is signed above the items, what waits for a signature, and everything that was signed."""
    enrolment = get_enrolment(viewer(), enrolment_id)
    outline = get_outline(enrolment.version_id)
    return render_template(
        "reviews/signatures.html",
        enrolment=enrolment,
        own=is_trainee(viewer(), enrolment),
        places=list(_places(outline, enrolment)),
        given=[_given(outline, enrolment, each) for each in queries.list_signatures(viewer(), enrolment.id)],
        done=request.args.get("done", ""),
    )


@bp.route("/enrolments/<uuid:enrolment_id>/sections/<uuid:section_id>/sign", methods=["GET", "POST"])
@before_writing(take_factor)
def sign_section(enrolment_id: UUID, section_id: UUID) -> ResponseReturnValue:
    """Sign a section on what is shown."""
    enrolment = get_enrolment(viewer(), enrolment_id)
    shown = section_to_sign(get_outline(enrolment.version_id), enrolment, section_id, today())
    return _sign(enrolment, shown)


@bp.route("/enrolments/<uuid:enrolment_id>/sign", methods=["GET", "POST"])
@before_writing(take_factor)
def sign_training(enrolment_id: UUID) -> ResponseReturnValue:
    """Sign the whole training on what is shown."""
    enrolment = get_enrolment(viewer(), enrolment_id)
    return _sign(enrolment, whole_to_sign(get_outline(enrolment.version_id), enrolment, today()))


def _sign(enrolment: Enrolment, shown: ToSign) -> ResponseReturnValue:
    allow(permissions.can_sign_above(viewer(), enrolment, shown.signer, today()))
    form = SignatureForm()
    if form.validate_on_submit():
        if shown.section_id:
            actions.sign_section(viewer(), enrolment, shown.section_id, form.facts())
        else:
            actions.sign_training(viewer(), enrolment, form.facts())
        return redirect(url_for("signatures.signatures", enrolment_id=enrolment.id, done="signed"))
    if not form.is_submitted():
        form.digest.data = shown.digest
    why_not = rules.why_not_sign(shown.lacks)
    return render_template(
        "reviews/sign.html", enrolment=enrolment, to_sign=shown, form=form, why_not=why_not
    ), form.status


@bp.route("/signatures/<uuid:signature_id>/revoke", methods=["GET", "POST"])
@before_writing(take_factor)
def revoke(signature_id: UUID) -> ResponseReturnValue:
    """Take a signature back with a reason."""
    signature = queries.get_signature(viewer(), signature_id)
    enrolment = get_enrolment(viewer(), signature.enrolment_id)
    allow(permissions.can_revoke_signature(viewer(), signature, enrolment, today()))
    form = RevokeForm()
    if form.validate_on_submit():
        key, reason = given(form.key.data), given(form.reason.data)
        actions.revoke_signature(viewer(), enrolment, signature.id, key, reason)
        return redirect(url_for("signatures.signatures", enrolment_id=enrolment.id, done="revoked"))
    title = _title(get_outline(signature.version_id), signature.section_id)
    why_not = rules.why_not_revoke_signature(signature, leads(viewer(), enrolment, today()), now())
    page = render_template(
        "reviews/revoke.html", enrolment=enrolment, signature=signature, title=title, form=form, why_not=why_not
    )
    return page, form.status


def _places(outline: Outline, enrolment: Enrolment) -> Iterator[Place]:
    found = explained(outline, enrolment, today())
    for each in found.sections:
        if each.signing:
            path = url_for("signatures.sign_section", enrolment_id=enrolment.id, section_id=each.section.id)
            waits = each.waits_for_signature
            may = waits and _may_sign(enrolment, each.signing.signer)
            word = "Signed" if each.met else _waits(each.signing.signer) if waits else "Not complete"
            yield Place(each.section.title, each.sentence, word, path if may else "")
    if found.signature and outline.signatures.whole:
        complete = all(each.met for each in found.sections if each.section.parent_id is None)
        may = complete and not found.signature.met and _may_sign(enrolment, outline.signatures.whole)
        word = "Signed" if found.signature.met else _waits(outline.signatures.whole) if complete else "Not complete"
        path = url_for("signatures.sign_training", enrolment_id=enrolment.id)
        yield Place("The whole training", found.signature.sentence, word, path if may else "")


def _waits(signer: Signer) -> str:
    return f"Waits for {SIGNERS[signer]}"


def _may_sign(enrolment: Enrolment, signer: Signer) -> bool:
    return permissions.can_sign_above(viewer(), enrolment, signer, today())


def _given(outline: Outline, enrolment: Enrolment, signature: Signature) -> Given:
    by_lead = leads(viewer(), enrolment, today())
    may = permissions.can_revoke_signature(viewer(), signature, enrolment, today())
    may = may and rules.why_not_revoke_signature(signature, by_lead, now()) is None
    words = outline if signature.version_id == outline.version_id else get_outline(signature.version_id)
    return Given(
        title=_title(words, signature.section_id),
        by=signature.signed_by.name,
        at=signature.signed_at,
        comment=signature.comment,
        event_seq=signature.event_seq,
        revoked_at=signature.revoked_at,
        reason=signature.reason,
        path=url_for("signatures.revoke", signature_id=signature.id) if may else "",
    )


def _title(outline: Outline, section_id: UUID | None) -> str:
    return outline.section(section_id).title if section_id else "The whole training"
