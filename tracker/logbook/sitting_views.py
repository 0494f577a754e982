"""The page on which a supervisor reads several claims in full and signs them in one sitting."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.factor import take_factor
from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import allow
from tracker.core.forms import given
from tracker.core.web import before_writing
from tracker.curricula.outline import RequirementOutline
from tracker.curricula.rules import evidence_sentence
from tracker.enrolments.permissions import signs_alone
from tracker.logbook import permissions, queries
from tracker.logbook import second_actions as actions
from tracker.logbook.claim_forms import SeatForm, SittingForm
from tracker.logbook.claim_views import levels_of, made_outline
from tracker.logbook.content import claim_digest
from tracker.logbook.models import Claim, LogEntry, Mark
from tracker.logbook.resting import marks_of_all
from tracker.logbook.second_actions import Seat
from tracker.logbook.sitting import evidence_of_all, list_chosen, list_to_sign
from tracker.logbook.words import KINDS, MARKS, PARTS

bp = Blueprint("sitting", __name__)
MOST_TOGETHER = 20  # as many as can be read with care on one page


@bp.get("/claims/sitting")
def sitting() -> ResponseReturnValue:
    """Several claims in full on one page, to be signed in one sitting."""
    claims = list_to_sign(viewer(), request.args.getlist("claim", type=UUID)[:MOST_TOGETHER])
    if not claims:
        return redirect(url_for("reports.queue", done="chosen_none"))
    return _sitting_page(_at_the_table(claims), SittingForm())


@bp.post("/claims/sitting")
@before_writing(take_factor)
def sign_together() -> ResponseReturnValue:
    """All of them are signed, or none: then the page comes back with what was typed, and says which could not be."""
    chosen = request.form.getlist("claim", type=UUID)[:MOST_TOGETHER]
    places, form = _at_the_table(list_chosen(viewer(), chosen)), SittingForm()
    allow(all(permissions.can_sign_off(viewer(), each.claim, today()) for each in places))
    valid = [form.validate(), *(each.seat.validate() for each in places)]
    if not places or not all(valid):
        return _sitting_page(places, form), 422
    try:
        actions.sign_together(
            viewer(), given(form.key.data), [each.taken() for each in places], form.comment.data or ""
        )
    except actions.NotTogether as no:
        form.form_errors = [no.sentence]
        return _sitting_page(_at_the_table(list_to_sign(viewer(), chosen)), form), no.status
    return redirect(url_for("reports.queue", done="signed_together", code=len(places)))


@dataclass(frozen=True)
class Place:
    """A claim of a sitting, as it is shown and decided."""

    claim: Claim
    seat: SeatForm
    requirement: RequirementOutline
    rule: str
    evidence: Sequence[LogEntry]
    marks: Mapping[UUID, Mark]
    digest: str
    needs_second: bool

    def taken(self) -> Seat:
        """What was shown and chosen, for the action."""
        return Seat(self.claim.id, given(self.seat.version.data), self.seat.digest.data or "", self.seat.level.data)


def _at_the_table(claims: Sequence[Claim]) -> list[Place]:
    """Each claim with its evidence and its part of the form."""
    evidence, marks = evidence_of_all(claims), marks_of_all(claims)
    return [_place(claim, evidence[claim.id], marks[claim.id]) for claim in claims]


def _place(claim: Claim, evidence: Sequence[LogEntry], marks: Mapping[UUID, Mark]) -> Place:
    outline, seat = made_outline(claim), SeatForm(prefix=f"{claim.id}-", meta={"csrf": False})
    requirement = outline.requirement(claim.competency_id)
    seat.level.choices = levels_of(outline, requirement.level)
    if seat.level.data is None:
        seat.level.data = claim.level_claimed
    alone = signs_alone(viewer(), claim.enrolment, today()) and not outline.signatures.countersign
    rule = evidence_sentence(requirement.rule) if requirement.rule else ""
    digest = claim_digest(claim, evidence, queries.version_of(claim).digest)
    return Place(claim, seat, requirement, rule, evidence, marks, digest, not alone)


def _sitting_page(places: Sequence[Place], form: SittingForm) -> str:
    for each in places:
        if not each.seat.errors:
            each.seat.version.data, each.seat.digest.data = each.claim.version, each.digest
    words = {"mark_words": MARKS, "kinds": KINDS, "parts": PARTS}
    return render_template("logbook/sitting.html", places=places, form=form, **words)
