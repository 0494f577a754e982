"""What shows who signs: the person's app and passkeys."""

from uuid import UUID

from flask import Blueprint, jsonify, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts import authenticator_app
from tracker.accounts.factor import factor_is_fresh, take_password
from tracker.accounts.factor_forms import AppForm, ConfirmForm, PasskeyForm, RemoveForm
from tracker.accounts.queries import list_passkeys, viewer
from tracker.core.forms import given
from tracker.core.web import before_writing

bp = Blueprint("factors", __name__, url_prefix="/account/signing")


@bp.get("")
def factors() -> ResponseReturnValue:
    """With what you sign."""
    return _page()


def _page(app: AppForm | None = None, passkey: PasskeyForm | None = None, confirm: ConfirmForm | None = None) -> str:
    person = viewer()
    if not factor_is_fresh():
        return render_template("accounts/who.html", form=confirm or ConfirmForm())
    app = app or AppForm()
    app.secret.data = app.secret.data or authenticator_app.new_secret()
    return render_template(
        "accounts/factors.html",
        person=person,
        app=app,
        picture=authenticator_app.picture_of(authenticator_app.address_of(app.secret.data, person)),
        passkey=passkey or PasskeyForm(),
        removal=RemoveForm(),
        passkeys=list_passkeys(person),
    )


@bp.post("/confirm")
@before_writing(take_password)
def confirm() -> ResponseReturnValue:
    """Say who you are, to change with what you sign."""
    form = ConfirmForm()
    if form.validate_on_submit():
        return redirect(url_for("factors.factors"))
    return _page(confirm=form), 422


@bp.post("/app")
@before_writing(take_password)
def add_app() -> ResponseReturnValue:
    """Add an app, or another in its place."""
    form = AppForm()
    if form.validate_on_submit():
        code = given(form.code.data).replace(" ", "")
        if authenticator_app.add_app(viewer(), given(form.secret.data), code):
            return redirect(url_for("factors.factors", done="app"))
        form.code.errors = ["This is not what the app shows now. Wait for its next code and type that."]
    return _page(app=form), 422


@bp.post("/app/remove")
@before_writing(take_password)
def remove_app() -> ResponseReturnValue:
    """Take the app away."""
    form = RemoveForm()
    if form.validate_on_submit():
        authenticator_app.remove_app(viewer())
        return redirect(url_for("factors.factors", done="removed"))
    return _page(), 422


@bp.post("/passkeys/offer")
def offer_passkey() -> ResponseReturnValue:
    """What the browser needs to make a passkey; our own script asks."""
    from tracker.accounts import passkeys  # noqa: PLC0415 - its library is heavy, and few requests need it

    return jsonify(passkeys.offer(viewer()))


@bp.post("/passkeys")
@before_writing(take_password)
def add_passkey() -> ResponseReturnValue:
    """Keep the passkey that the browser made."""
    form = PasskeyForm()
    if form.validate_on_submit():
        from tracker.accounts import passkeys  # noqa: PLC0415 - its library is heavy, and few requests need it

        passkeys.add_passkey(viewer(), form.seal.data or "", form.answer.data or "", given(form.name.data))
        return redirect(url_for("factors.factors", done="passkey"))
    return _page(passkey=form), 422


@bp.post("/passkeys/<uuid:passkey_id>/remove")
@before_writing(take_password)
def remove_passkey(passkey_id: UUID) -> ResponseReturnValue:
    """Forget a passkey."""
    form = RemoveForm()
    if form.validate_on_submit():
        from tracker.accounts import passkeys  # noqa: PLC0415 - its library is heavy, and few requests need it

        passkeys.remove_passkey(viewer(), passkey_id)
        return redirect(url_for("factors.factors", done="removed"))
    return _page(), 422
