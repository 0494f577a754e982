"""The floors of pages: a bare app that reads the same rows with one query and shows them in a plain loop."""

from itertools import groupby
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from flask import Flask, render_template
from jinja2 import DictLoader
from sqlalchemy.engine import Engine

from tracker.accounts.models import Person
from tracker.curricula.models import Requirement
from tracker.enrolments.models import Enrolment, Supervision
from tracker.logbook.models import Claim
from tracker.progress.models import SectionSum, Stage, Standing

PAGE = "<!DOCTYPE html><html lang=en><title>{{ title }}</title><main><h1>{{ title }}</h1>%s</main></html>"
ROWS = """<ul>{% for row in rows %}<li><a href="/r/{{ row.id }}">{{ row.code }} {{ row.title }}</a>
<p>{{ row.stage or "not started" }} {{ row.since or "" }}</p></li>{% endfor %}</ul>"""
WAITING = """<ul>{% for row in rows %}<li><a href="/c/{{ row.id }}">{{ row.code }} {{ row.title }}</a>
<p>{{ row.given_name }} {{ row.family_name }}, {{ row.since }}</p></li>{% endfor %}</ul>"""
GRID = """<table>{% for id, name, cells in rows %}<tr><th><a href="/p/{{ id }}">{{ name }}</a></th>
{% for cell in cells %}<td>{{ cell.done }} {{ cell.waiting }}</td>{% endfor %}</tr>{% endfor %}</table>"""
TEMPLATES = {"rows.html": PAGE % ROWS, "waiting.html": PAGE % WAITING, "grid.html": PAGE % GRID}


def bare_app(engine: Engine) -> Flask:
    """An app with a route for each floor, and nothing else."""
    app = Flask("floor")
    app.jinja_loader = DictLoader(TEMPLATES)

    @app.get("/progress/<uuid:enrolment_id>")
    def progress(enrolment_id: UUID) -> str:
        with engine.connect() as connection:
            rows = connection.execute(_standings(), {"enrolment_id": enrolment_id}).all()
        return render_template("rows.html", title="Progress", rows=rows)

    @app.get("/queue/<uuid:supervisor_id>")
    def queue(supervisor_id: UUID) -> str:
        with engine.connect() as connection:
            rows = connection.execute(_waiting(), {"supervisor_id": supervisor_id}).all()
        return render_template("waiting.html", title="Queue", rows=rows)

    @app.get("/cohort/<uuid:centre_id>")
    def cohort(centre_id: UUID) -> str:
        with engine.connect() as connection:
            rows = connection.execute(_sums(), {"centre_id": centre_id}).all()
        by_trainee = groupby(rows, key=lambda row: (row.id, f"{row.given_name} {row.family_name}"))
        grid = [(id, name, list(cells)) for (id, name), cells in by_trainee]
        return render_template("grid.html", title="Cohort", rows=grid)

    return app


def _standings() -> sa.Select[*tuple[Any, ...]]:
    """Every requirement of the enrolment's version, with where it stands."""
    own = sa.and_(Standing.requirement_id == Requirement.id, Standing.enrolment_id == sa.bindparam("enrolment_id"))
    return (
        sa.select(Requirement.id, Requirement.code, Requirement.title, Standing.stage, Standing.counts, Standing.since)
        .join(Enrolment, Enrolment.version_id == Requirement.version_id)
        .outerjoin(Standing, own)
        .where(Enrolment.id == sa.bindparam("enrolment_id"))
        .order_by(Requirement.position)
    )


def _waiting() -> sa.Select[*tuple[Any, ...]]:
    """What waits for a supervisor."""
    columns = (Claim.id, Requirement.code, Requirement.title, Person.given_name, Person.family_name, Standing.since)
    same = sa.and_(Claim.enrolment_id == Standing.enrolment_id, Claim.competency_id == Standing.requirement_id)
    return (
        sa.select(*columns)
        .select_from(Supervision)
        .join(Standing, Standing.enrolment_id == Supervision.enrolment_id)
        .join(Requirement, Requirement.id == Standing.requirement_id)
        .join(Person, Person.id == Supervision.trainee_id)
        .join(Claim, same)
        .where(Supervision.supervisor_id == sa.bindparam("supervisor_id"), Standing.stage == Stage.SUBMITTED)
        .order_by(Standing.since)
    )


def _sums() -> sa.Select[*tuple[Any, ...]]:
    """The sums of a centre's trainees."""
    return (
        sa.select(Enrolment.id, Person.given_name, Person.family_name, SectionSum.done, SectionSum.waiting)
        .join(SectionSum, SectionSum.enrolment_id == Enrolment.id)
        .join(Person, Person.id == Enrolment.trainee_id)
        .where(Enrolment.centre_id == sa.bindparam("centre_id"))
        .order_by(Person.family_name, Enrolment.id, SectionSum.section_id)
    )
