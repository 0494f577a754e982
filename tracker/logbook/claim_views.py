"""The pages of a competency and of a claim."""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any
from uuid import UUID

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.factor import take_factor
from tracker.accounts.models import Person
from tracker.accounts.queries import viewer
from tracker.core.clock import now, today
from tracker.core.errors import allow
from tracker.core.forms import given
from tracker.core.web import before_writing
from tracker.curricula.models import Competency, Version
from tracker.curricula.outline import Outline, RequirementOutline
from tracker.curricula.queries import get_outline
from tracker.curricula.rules import evidence_sentence, validity_sentence
from tracker.enrolments import queries as enrolments
from tracker.enrolments.models import Enrolment
from tracker.enrolments.naming import called, cover_said
from tracker.enrolments.permissions import current_supervisors, leads, signs_alone
from tracker.logbook import claim_actions as actions
from tracker.logbook import lapse_queries, permissions, queries, rules
from tracker.logbook.claim_forms import DecisionForm, DeclineForm, PassOnForm, PressForm, ReasonForm, SubmitForm
from tracker.logbook.content import claim_digest
from tracker.logbook.earlier import list_earlier
from tracker.logbook.facts import deciding
from tracker.logbook.models import Claim, ClaimStatus
from tracker.logbook.proofs import proofs_of
from tracker.logbook.resting import marks_of
from tracker.logbook.retyping_rules import misfits
from tracker.logbook.waits import usual_said, usual_wait
from tracker.logbook.words import KINDS, MARKS, PARTS
from tracker.progress.models import Stage
from tracker.progress.needs import Need
from tracker.progress.queries import get_situation
from tracker.progress.requirements import STARTED, Situation, explain_requirement, needs, remarks
from tracker.progress.validity import ends_soon

bp = Blueprint("claims", __name__)


@bp.route("/enrolments/<uuid:enrolment_id>/competencies/<uuid:competency_id>", methods=["GET", "POST"])
def competency(enrolment_id: UUID, competency_id: UUID) -> ResponseReturnValue:
    """One competency of one enrolment: what it asks for, what is there, and submitting it."""
    enrolment = enrolments.get_enrolment(viewer(), enrolment_id)
    found = queries.get_competency(enrolment, competency_id)
    form = _submit_form(get_outline(enrolment.version_id), found.id)
    if form.is_submitted():
        allow(permissions.can_log(viewer(), enrolment))
        if form.validate():
            claim = actions.submit(viewer(), enrolment, found, form.facts())
            return redirect(url_for("claims.claim", claim_id=claim.id, done="submitted"))
    return _competency_page(enrolment, found, form), 422 if form.errors else 200


def _submit_form(outline: Outline, competency_id: UUID) -> SubmitForm:
    form = SubmitForm()
    needed = outline.requirement(competency_id).level
    form.level.choices = levels_of(outline, needed)
    if not form.is_submitted():
        form.level.data = needed
    return form


def levels_of(outline: Outline, needed: int | None) -> dict[Any, str]:
    """The levels that are enough."""
    return {
        level.value: f"Level {level.value}: {level.title}"
        for level in outline.levels
        if needed is None or level.value >= needed
    }


def _competency_page(enrolment: Enrolment, found: Competency, form: SubmitForm) -> str:
    claims = queries.claims_for(enrolment.id, found.id)
    claim, to_confirm = deciding(claims)
    if claim is None and enrolment.trainee_id == viewer().id:  # An open claim is its trainee's alone.
        claim = next((each for each, carried in claims if carried is None), None)
    requirement = get_outline(enrolment.version_id).requirement(found.id)
    asked = Asked.of(enrolment, requirement, today())
    entries = queries.entries_for(enrolment.id, found.id)
    unmet = [need.sentence for need in asked.needs if not need.met]
    supervised = bool(asked.supervisors)
    return render_template(
        "logbook/competency.html",
        enrolment=enrolment,
        competency=found,
        claim=claim,
        asked=asked,
        entries=entries,
        marks=marks_of(claim) if claim else {},
        misfits=misfits(requirement.rule, entries) if permissions.can_log(viewer(), enrolment) else [],
        mark_words=MARKS,
        kinds=KINDS,
        parts=PARTS,
        steps=(steps := queries.history_of(claim) if claim else []),
        proofs=proofs_of(steps),
        form=form,
        own=permissions.can_log(viewer(), enrolment),
        why_not=rules.why_not_submit(None if to_confirm else claim, len(entries), unmet, supervised),
        earlier=list_earlier(enrolment.id, found.id),
    )


@dataclass(frozen=True)
class Asked:
    """What a competency asks for and what is there, ready to be shown."""

    rule: str
    valid: str
    level: int | None
    needs: list[Need]
    remarks: list[str]
    sentence: str
    supervisors: tuple[str, ...]
    usual: str = ""  # how long a decision takes, while one is awaited

    @classmethod
    def of(cls, enrolment: Enrolment, requirement: RequirementOutline, on: date) -> "Asked":
        """What this requirement asks of this enrolment on that day."""
        situation = get_situation(enrolment, on)
        return cls(
            rule=evidence_sentence(requirement.rule) if requirement.rule else "",
            valid=validity_sentence(requirement.validity_months),
            level=requirement.level,
            needs=list(needs(requirement, situation, on)),
            remarks=list(remarks(requirement, situation)),
            sentence=explain_requirement(requirement, situation, on).sentence,
            supervisors=situation.supervisors,
            usual=_usual(enrolment, on) if _is_awaited(requirement, situation) else "",
        )

    def under(self, earlier: Version) -> "Asked":
        """What it asked under an earlier version, where nothing more is asked now. Needs: curriculum loaded."""
        said = f"This was claimed under {earlier.curriculum.code}@{earlier.number}, in the words that are below."
        return replace(self, needs=[], remarks=[], sentence=f"{said} The training follows another version now.")


def _is_awaited(requirement: RequirementOutline, situation: Situation) -> bool:
    return situation.stood.get(requirement.id, STARTED).stage is Stage.SUBMITTED


def _usual(enrolment: Enrolment, on: date) -> str:
    """How long those who can decide usually take."""
    return usual_said(usual_wait([person.id for person in current_supervisors(enrolment, on)]))


@bp.get("/claims/<uuid:claim_id>")
def claim(claim_id: UUID) -> ResponseReturnValue:
    """A claim: statement, guidance, rule, evidence and history on one page, and what the viewer can do with it."""
    return claim_page(queries.get_claim(viewer(), claim_id))


@bp.post("/claims/<uuid:claim_id>/withdraw")
def withdraw(claim_id: UUID) -> ResponseReturnValue:
    """The trainee takes it back."""
    found = queries.get_claim(viewer(), claim_id)
    allow(permissions.can_withdraw(viewer(), found))
    form = PressForm()
    if form.validate_on_submit():
        actions.withdraw(viewer(), found.id, form.seen())
        return redirect(_competency_address(found, "withdrawn"))
    return claim_page(found), 422


@bp.post("/claims/<uuid:claim_id>/sign-off")
@before_writing(take_factor)
def sign_off(claim_id: UUID) -> ResponseReturnValue:
    """The supervisor signs what was shown."""
    found = queries.get_claim(viewer(), claim_id)
    allow(permissions.can_sign_off(viewer(), found, today()))
    form = decision_form(found)
    if form.validate_on_submit():
        event = actions.sign_off(viewer(), found.id, form.seen(), form.level.data, form.comment.data or "")
        done = event.kind.removeprefix("claim_")
        return redirect(url_for("reports.queue", done=done, code=found.competency.code))
    return claim_page(found, decision=form), 422


@bp.post("/claims/<uuid:claim_id>/return")
@before_writing(take_factor)
def return_(claim_id: UUID) -> ResponseReturnValue:
    """The supervisor gives it back with a reason."""
    found = queries.get_claim(viewer(), claim_id)
    allow(permissions.can_return(viewer(), found, today()))
    form = decision_form(found)
    form.level.validators, form.level.validate_choice = [], False
    form.comment.validators = ReasonForm().comment.validators
    if form.validate_on_submit():
        rejected = frozenset(form.rejected.data or ())
        actions.return_(viewer(), found.id, form.seen(), given(form.comment.data), rejected)
        return redirect(url_for("reports.queue", done="returned", code=found.competency.code))
    return claim_page(found, decision=form), 422


@bp.post("/claims/<uuid:claim_id>/revoke")
@before_writing(take_factor)
def revoke(claim_id: UUID) -> ResponseReturnValue:
    """The signer, or later the training lead, takes a sign-off back."""
    found = queries.get_claim(viewer(), claim_id)
    allow(permissions.can_revoke(viewer(), found, today()))
    form = ReasonForm()
    if form.validate_on_submit():
        actions.revoke(viewer(), found.id, form.seen(), given(form.comment.data))
        return redirect(url_for("claims.claim", claim_id=found.id, done="revoked"))
    return claim_page(found, revocation=form), 422


def decision_form(claim: Claim) -> DecisionForm:
    """The form with which a supervisor decides on the claim."""
    outline = get_outline(claim.competency.version_id)
    form = DecisionForm()
    form.level.choices = levels_of(outline, outline.requirement(claim.competency_id).level)
    if form.level.data is None:
        form.level.data = claim.level_claimed
    return form


def claim_page(claim: Claim, **sent: PressForm) -> str:
    """The page of a claim; a form that was sent and cannot be taken is shown again as it was."""
    person, on = viewer(), today()
    evidence, made_under = queries.evidence_of(claim), queries.version_of(claim)
    digest = claim_digest(claim, evidence, made_under.digest)
    asked = Asked.of(claim.enrolment, get_outline(made_under.id).requirement(claim.competency_id), on)
    forms = _forms_for(person, claim, on) | sent
    for form in forms.values():
        if not form.errors:
            form.version.data, form.digest.data = claim.version, digest
    return render_template(
        "logbook/claim.html",
        claim=claim,
        own=claim.trainee_id == person.id,
        asked=asked if made_under.id == claim.enrolment.version_id else asked.under(made_under),
        evidence=evidence,
        marks=marks_of(claim),
        misfits=(),
        mark_words=MARKS,
        kinds=KINDS,
        parts=PARTS,
        steps=(steps := queries.history_of(claim)),
        proofs=proofs_of(steps),
        needs_second=not signs_alone(person, claim.enrolment, on) or made_outline(claim).signatures.countersign,
        used=sorted({f"{each.equipment.name}: {each.name}" for entry in evidence for each in entry.used}),
        may_recheck=_may_recheck(person, claim, on),
        may_countersign=permissions.can_countersign(person, claim, on),
        cover=cover_said(person, claim.enrolment, on),
        **{name: forms.get(name) for name in ("decision", "passing", "declining", "revocation", "withdrawal")},
    )


def _may_recheck(person: Person, claim: Claim, on: date) -> bool:
    if claim.status not in {ClaimStatus.SIGNED_OFF, ClaimStatus.LAPSED}:
        return False
    soon = ends_soon(lapse_queries.lapses_on(claim), on)
    return permissions.can_recheck(person, claim, on) and rules.why_not_recheck(claim, soon) is None


def made_outline(claim: Claim) -> Outline:
    """The version in whose words the claim was made."""
    return get_outline(claim.competency.version_id)


def _forms_for(person: Person, claim: Claim, on: date) -> dict[str, PressForm]:
    """What the person can do with the claim."""
    forms: dict[str, PressForm] = {}
    if permissions.can_return(person, claim, on) and rules.why_not_return(claim) is None:
        forms["decision"] = decision_form(claim)
    if permissions.can_sign_off(person, claim, on) and rules.why_not_sign_off(claim) is None:
        forms |= handing_forms(person, claim, on)
    if _can_revoke(person, claim, on):
        forms["revocation"] = ReasonForm()
    if permissions.can_withdraw(person, claim) and rules.why_not_withdraw(claim) is None:
        forms["withdrawal"] = PressForm()
    return forms


def handing_forms(person: Person, claim: Claim, on: date) -> dict[str, PressForm]:
    """The forms with which somebody else is asked to decide; only declining where there is nobody else."""
    names = called(claim.enrolment, on)
    others: dict[Any, str] = {
        each.id: names[each.id] for each in current_supervisors(claim.enrolment, on) if each.id != person.id
    }
    passing, declining = PassOnForm(), DeclineForm()
    passing.to.choices, declining.rather.choices = others, {"": "I do not know"} | others
    return {"passing": passing, "declining": declining} if others else {"declining": declining}


def _can_revoke(person: Person, claim: Claim, on: date) -> bool:
    by_signer, by_lead = permissions.signed(person, claim), leads(person, claim.enrolment, on)
    return permissions.can_revoke(person, claim, on) and not rules.why_not_revoke(claim, by_signer, by_lead, now())


def _competency_address(claim: Claim, done: str) -> str:
    return url_for("claims.competency", enrolment_id=claim.enrolment_id, competency_id=claim.competency_id, done=done)
