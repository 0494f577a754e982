"""The training tracker: what trainee clinical technologists learn, and who signed it off."""

import os
from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from flask import Flask

from tracker.accounts import factor_views
from tracker.accounts import views as accounts
from tracker.accounts.models import Person
from tracker.accounts.security import PUBLIC, limit_tries, set_up_accounts
from tracker.assessments import bench_views, link_views, msf_link_views, msf_views
from tracker.assessments import views as assessments
from tracker.core.db import db, engine_options, set_up_connections
from tracker.core.look import set_up_look
from tracker.core.places import read_settings, resource
from tracker.core.web import set_up_transactions, set_up_web
from tracker.curricula import diff_views, editor_views, part_views
from tracker.curricula import views as curricula
from tracker.enrolments import views as enrolments
from tracker.enrolments.models import Enrolment, Supervision
from tracker.equipment import views as equipment
from tracker.learning import views as learning
from tracker.logbook import claim_views, entry_views, lapse_views, retyping_views, second_views, sitting_views
from tracker.moderation import final_views, visit_views
from tracker.notifications import views as notifications
from tracker.operations import moving_views
from tracker.operations import views as operations
from tracker.portfolio import event_views
from tracker.portfolio import views as portfolio
from tracker.record import views as record
from tracker.reports import views as reports
from tracker.reviews import signature_views
from tracker.reviews import views as reviews

PAGES = (
    reports.bp,
    curricula.bp,
    editor_views.bp,
    part_views.bp,
    diff_views.bp,
    entry_views.bp,
    claim_views.bp,
    lapse_views.bp,
    equipment.bp,
    enrolments.bp,
    retyping_views.bp,
    second_views.bp,
    sitting_views.bp,
    learning.bp,
    assessments.bp,
    bench_views.bp,
    link_views.bp,
    msf_views.bp,
    msf_link_views.bp,
    reviews.bp,
    signature_views.bp,
    visit_views.bp,
    final_views.bp,
    notifications.bp,
    accounts.bp,
    factor_views.bp,
    operations.bp,
    moving_views.bp,
    portfolio.bp,
    event_views.bp,
    record.bp,
)
# Besides by grant, one is somebody here by enrolment or supervision.
RELATIONS = {
    "trainee": sa.exists().where(Enrolment.trainee_id == Person.id),
    "supervisor": sa.exists().where(Supervision.supervisor_id == Person.id),
}


def create_app(config: Mapping[str, Any] | None = None) -> Flask:
    """The tracker with all its parts. `config` is what config.py reads from the environment, unless given."""
    app = Flask(__name__, template_folder=str(resource("templates")))
    _refuse_debug(app)
    app.config.from_mapping(read_settings(os.environ) if config is None else config)
    app.config.setdefault("SQLALCHEMY_ENGINE_OPTIONS", engine_options(app.config["SQLALCHEMY_DATABASE_URI"]))
    db.init_app(app)
    with app.app_context():
        set_up_connections(db.engine, app.config["SQLITE_SYNCHRONOUS"])
    set_up_look(app)
    set_up_web(app)
    set_up_accounts(app, RELATIONS)
    set_up_transactions(app)
    for blueprint in PAGES:
        app.register_blueprint(blueprint)
    limit_tries(app, sorted(each for each in PUBLIC if each.startswith(("links.", "feedback_links."))))
    limit_tries(app, ("portfolio.verify",))
    return app


def _refuse_debug(app: Flask) -> None:
    """Raises ValueError in debug mode, whose pages show people's data to whoever meets an error."""
    if app.debug:
        raise ValueError("FLASK_DEBUG is on: unset it, since its error pages show what people wrote.")
