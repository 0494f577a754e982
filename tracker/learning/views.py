"""The pages of a trainee's modules."""

from typing import Any, NamedTuple
from uuid import UUID

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.factor import take_factor
from tracker.accounts.queries import viewer
from tracker.core.clock import today, zone
from tracker.core.errors import NotFound, allow
from tracker.core.forms import given
from tracker.core.web import before_writing
from tracker.enrolments.models import Enrolment
from tracker.enrolments.permissions import is_trainee
from tracker.enrolments.queries import get_enrolment
from tracker.learning import actions, permissions, queries, rules
from tracker.learning.facts import facts_for
from tracker.learning.forms import ConfirmForm, MarksForm, RegisterForm, WithdrawForm, marks_form
from tracker.learning.models import Mark, MarkStatus, RegistrationStatus
from tracker.learning.queries import ModuleTaken
from tracker.progress.models import Stage
from tracker.progress.words import on_day

bp = Blueprint("learning", __name__)

STATES = {
    Stage.NOT_STARTED: ("Not registered", "grey"),
    Stage.IN_PROGRESS: ("Registered", "blue"),
    Stage.SUBMITTED: ("To be confirmed", "yellow"),
    Stage.DONE: ("Passed", "green"),
    Stage.FAILED: ("Failed", "red"),
    Stage.CONFIRM: ("To confirm", "yellow"),
}


class ModuleRow(NamedTuple):
    """A module in the list."""

    address: str
    code: str
    title: str
    credits: int
    state: str
    colour: str
    next_step: str


class ComponentRow(NamedTuple):
    """A component of a module, with the mark that counts."""

    title: str
    weight: str
    pass_mark: str
    sentence: str


class MarkRow(NamedTuple):
    """A mark as it was recorded, a correction included."""

    attempt: int
    title: str
    mark: str
    status: str
    recorded: str
    replaced: bool


@bp.get("/enrolments/<uuid:enrolment_id>/modules")
def modules(enrolment_id: UUID) -> ResponseReturnValue:
    """Every module of an enrolment: how far it is, the credits, and what to do next."""
    enrolment = get_enrolment(viewer(), enrolment_id)
    taken = queries.list_modules(viewer(), enrolment)
    rows = [_module_row(enrolment, each) for each in taken]
    earned = sum(each.module.credits or 0 for each in taken if _stage(each) is Stage.DONE)
    total = sum(each.module.credits or 0 for each in taken)
    own = is_trainee(viewer(), enrolment)
    page = {"enrolment": enrolment, "rows": rows, "earned": earned, "total": total, "own": own}
    return render_template("learning/modules.html", **page)


@bp.get("/enrolments/<uuid:enrolment_id>/modules/<uuid:module_id>")
def module(enrolment_id: UUID, module_id: UUID) -> ResponseReturnValue:
    """One module: its rule, the marks, what they come to, and what the viewer can do."""
    return _module_page(*_opened(enrolment_id, module_id))


@bp.post("/enrolments/<uuid:enrolment_id>/modules/<uuid:module_id>/register")
def register(enrolment_id: UUID, module_id: UUID) -> ResponseReturnValue:
    """Put the trainee on the module."""
    enrolment, taken = _opened(enrolment_id, module_id)
    allow(permissions.can_record(viewer(), enrolment, today()))
    form = RegisterForm()
    if form.validate_on_submit():
        actions.register(viewer(), enrolment, taken.module.id, given(form.registered_on.data))
        return _back(enrolment_id, module_id, "registered")
    return _module_page(enrolment, taken, registering=form), 422


@bp.post("/enrolments/<uuid:enrolment_id>/modules/<uuid:module_id>/marks")
def marks(enrolment_id: UUID, module_id: UUID) -> ResponseReturnValue:
    """Record or correct the marks of an attempt."""
    enrolment, taken = _opened(enrolment_id, module_id)
    allow(permissions.can_record(viewer(), enrolment, today()))
    form = _marks_form(taken, request.form.get("attempt", type=int))
    if form is not None and form.validate_on_submit():
        actions.record_marks(viewer(), enrolment, _registration_id(taken), form.facts())
        return _back(enrolment_id, module_id, "recorded")
    return _module_page(enrolment, taken, recording=form), 422


@bp.post("/enrolments/<uuid:enrolment_id>/modules/<uuid:module_id>/confirm")
@before_writing(take_factor)
def confirm(enrolment_id: UUID, module_id: UUID) -> ResponseReturnValue:
    """Put the ratified result on record."""
    enrolment, taken = _opened(enrolment_id, module_id)
    allow(permissions.can_confirm(viewer(), enrolment, today()))
    form = ConfirmForm()
    if form.validate_on_submit():
        actions.confirm(viewer(), enrolment, _registration_id(taken), form.facts())
        return _back(enrolment_id, module_id, "confirmed")
    return _module_page(enrolment, taken, confirming=form), 422


@bp.post("/enrolments/<uuid:enrolment_id>/modules/<uuid:module_id>/withdraw")
def withdraw(enrolment_id: UUID, module_id: UUID) -> ResponseReturnValue:
    """Take the trainee off the module."""
    enrolment, taken = _opened(enrolment_id, module_id)
    allow(permissions.can_record(viewer(), enrolment, today()))
    form = WithdrawForm()
    if form.validate_on_submit():
        actions.withdraw(viewer(), enrolment, _registration_id(taken), given(form.version.data))
        return _back(enrolment_id, module_id, "withdrawn")
    return _module_page(enrolment, taken), 422


def _opened(enrolment_id: UUID, module_id: UUID) -> tuple[Enrolment, ModuleTaken]:
    """The enrolment and the module as the viewer sees them. Raises NotFound."""
    enrolment = get_enrolment(viewer(), enrolment_id)
    return enrolment, queries.get_module(viewer(), enrolment, module_id)


def _registration_id(taken: ModuleTaken) -> UUID:
    if taken.registration is None:
        raise NotFound("Nobody is registered on this module. Register first.")
    return taken.registration.id


def _back(enrolment_id: UUID, module_id: UUID, done: str) -> ResponseReturnValue:
    return redirect(url_for("learning.module", enrolment_id=enrolment_id, module_id=module_id, done=done))


def _stage(taken: ModuleTaken) -> Stage:
    return facts_for(taken).stage


def _next_step(taken: ModuleTaken) -> str:
    return rules.AGAIN if taken.to_confirm else rules.next_step(taken.registration, taken.result)


def _module_row(enrolment: Enrolment, taken: ModuleTaken) -> ModuleRow:
    module = taken.module
    address = url_for("learning.module", enrolment_id=enrolment.id, module_id=module.id)
    said = _next_step(taken)
    return ModuleRow(address, module.code, module.title, module.credits or 0, *STATES[_stage(taken)], said)


def _module_page(enrolment: Enrolment, taken: ModuleTaken, **shown_again: Any) -> str:
    state, colour = STATES[_stage(taken)]
    return render_template(
        "learning/module.html",
        enrolment=enrolment,
        own=is_trainee(viewer(), enrolment),
        module=taken.module,
        facts=_facts(taken),
        registration=taken.registration,
        state=state,
        colour=colour,
        next_step=_next_step(taken),
        component_rows=[_component_row(part) for part in taken.result.components],
        mark_rows=_mark_rows(taken),
        attempts=_attempts(taken.result),
        done=request.args.get("done", ""),
        **(_forms(enrolment, taken) | {name: form for name, form in shown_again.items() if form is not None}),
    )


def _forms(enrolment: Enrolment, taken: ModuleTaken) -> dict[str, Any]:
    """A form for each thing that the viewer may do now; None for the others."""
    can_record = permissions.can_record(viewer(), enrolment, today())
    can_confirm = permissions.can_confirm(viewer(), enrolment, today())
    registration = taken.registration
    is_registered = registration is not None and registration.status is RegistrationStatus.REGISTERED
    is_confirmed = registration is not None and registration.status is RegistrationStatus.CONFIRMED
    again = taken.to_confirm  # by the rules of this version
    can_be_confirmed = registration is not None and rules.why_not_confirm(registration, taken.result) is None
    forms = {
        "registering": RegisterForm(formdata=None)
        if can_record and not is_registered and (again or not is_confirmed)
        else None,
        "recording": _marks_form(taken, request.args.get("attempt", type=int))
        if can_record and is_registered
        else None,
        "confirming": ConfirmForm(formdata=None) if can_confirm and can_be_confirmed else None,
        "withdrawing": WithdrawForm(formdata=None) if can_record and is_registered else None,
    }
    for form in forms.values():
        if form is not None and registration is not None:
            form.version.data = registration.version
    return forms


def _marks_form(taken: ModuleTaken, attempt: int | None) -> MarksForm | None:
    """The form for an attempt, by default the latest; None when there is no such attempt."""
    attempts = _attempts(taken.result)
    chosen = attempt or taken_attempts(taken.result)
    if taken.registration is None or chosen not in attempts:
        return None
    parts = [part for part in taken.result.components if rules.why_not_record_mark(part, chosen, taken.result) is None]
    latest = {part.component.id: actions.latest_of(taken.marks, part.component.id, chosen) for part in parts}
    return marks_form(parts, chosen, {component_id: mark for component_id, mark in latest.items() if mark})


def taken_attempts(result: rules.ModuleResult) -> int:
    """The latest attempt that has a mark; the first where there is none."""
    return max([1, *(part.attempts_used for part in result.components)])


def _attempts(result: rules.ModuleResult) -> list[int]:
    """The attempts that can have a mark. Order: from the first."""
    latest = taken_attempts(result)
    following = any(
        rules.why_not_record_mark(part, latest + 1, result) is None for part in result.components if part.mark
    )
    return list(range(1, latest + 1 + following))


def _facts(taken: ModuleTaken) -> list[tuple[str, str]]:
    """The module's rule, and how its marks stand to it. Shape: a term and its text."""
    module, result = taken.module, taken.result
    limit = "No limit" if module.attempts_allowed is None else str(module.attempts_allowed)
    so_far = "Not every component has a mark yet" if result.mark_percent is None else rules.percent(result.mark_percent)
    return [
        ("Provider", module.provider or "Not named"),
        ("Credits", f"{module.credits}" + (f" at level {module.study_level}" if module.study_level else "")),
        ("Pass mark of the whole", rules.percent(result.pass_mark_percent)),
        ("Attempts at each component", limit),
        ("Mark of the whole", so_far),
        *([("Rules", rules.EARLIER)] if _is_earlier(taken) else []),
    ]


def _is_earlier(taken: ModuleTaken) -> bool:
    """Whether the registration, its marks and their rules are of an earlier version of the curriculum."""
    return taken.registration is not None and taken.registration.module_id != taken.module.id


def _component_row(part: rules.ComponentResult) -> ComponentRow:
    component, needed = part.component, part.pass_mark_percent
    return ComponentRow(
        component.title,
        rules.percent(component.weight_percent),
        rules.percent(needed) if needed is not None else "Only the whole",
        part.sentence.removeprefix(f"{component.title}: "),
    )


def _mark_rows(taken: ModuleTaken) -> list[MarkRow]:
    titles = {part.component.id: part.component.title for part in taken.result.components}
    return [_mark_row(mark, titles[mark.component_id], taken) for mark in taken.marks]


def _mark_row(mark: Mark, title: str, taken: ModuleTaken) -> MarkRow:
    day = on_day(mark.recorded_at.astimezone(zone()).date())
    status = "Ratified" if mark.status is MarkStatus.RATIFIED else "Provisional"
    replaced = actions.latest_of(taken.marks, mark.component_id, mark.attempt) is not mark
    recorded = f"{mark.recorded_by.name}, {day}"
    return MarkRow(mark.attempt, title, rules.percent(mark.mark_percent), status, recorded, replaced)
