"""The pages of a moderator's visit: who reads what on them, and when."""

import csv
from uuid import uuid4

import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.integration.test_visits import CLOSES, DURING, OPENS, decided, judged, opened, people, world
from tests.visiting import Outside, in_days
from tests.world import World
from tracker.core.db import db
from tracker.moderation import visit_actions as actions
from tracker.moderation.models import Sample, Verdict, VisitOutcome

__all__ = ["people", "world"]  # fixtures


def test_what_the_moderator_finds_is_the_moderators_until_it_is_on_record(
    client: FlaskClient, world: World, people: Outside
) -> None:
    decided(world, people)
    visit = opened(world, people)
    with time_machine.travel(DURING, tick=False):
        judged(people, visit, Verdict.ADVISES, "Log the failed ones too.")
        db.session.commit()
        sign_in(client, world.lead)
        assert "Log the failed ones too." not in client.get(f"/visits/{visit.id}").text
        actions.hold_visit(people.moderator, visit, uuid4(), VisitOutcome.ADVICE, "Good work.")
        db.session.commit()
        assert "Log the failed ones too." in client.get(f"/visits/{visit.id}").text


def test_the_pages_lead_through_a_visit(client: FlaskClient, world: World, people: Outside) -> None:
    decided(world, people)
    place = f"{world.enrolment.centre_id} {world.enrolment.version.curriculum_id}"
    sign_in(client, world.lead)
    form = {"key": str(uuid4()), "version": "0", "place": place, "moderator": str(people.moderator.id), "each": "1"}
    answer = client.post("/visits/new", data=form | in_days(OPENS, CLOSES))
    assert answer.status_code == 302
    address = answer.location.split("?")[0]
    rows = list(csv.reader(client.get(f"{address}/drawing.csv").text.splitlines()))
    assert [row[-1] for row in rows[1:]].count("yes") == 3
    with time_machine.travel(DURING, tick=False):
        sign_in(client, people.moderator)
        samples = db.session.execute(sa.select(Sample.id, Sample.version).order_by(Sample.position)).all()
        for sample_id, version in samples:
            where = f"{address}/samples/{sample_id}"
            assert client.get(where).status_code == 200
            no = {"key": str(uuid4()), "version": str(version), "verdict": "disagrees", "note": ""}
            assert client.post(where, data=no).status_code == 422
            assert client.post(where, data=no | {"verdict": "agrees"}).status_code == 302
        last = {"key": str(uuid4()), "version": "0", "outcome": "satisfied", "comment": "All well."}
        assert client.post(f"{address}/outcome", data=last).status_code == 302
        assert "All well." in client.get(address).text


def test_a_visit_of_others_is_not_there(client: FlaskClient, world: World, people: Outside) -> None:
    decided(world, people)
    visit = opened(world, people)
    for person in (world.trainee, world.supervisor, people.examiner):
        sign_in(client, person)
        assert client.get(f"/visits/{visit.id}").status_code == 404
