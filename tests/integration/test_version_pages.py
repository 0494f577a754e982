from copy import deepcopy
from typing import Any

import pytest
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.make import make_grant, make_person
from tests.world import SCHEME, World, make_world
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.curricula.actions import import_document
from tracker.curricula.mapping_queries import list_pairs
from tracker.curricula.models import Version
from tracker.curricula.plain_data import from_data


def second() -> dict[str, Any]:
    data = deepcopy(SCHEME)
    generic = data["sections"][0]["competencies"]
    generic[0]["statement"] = "Wash both hands <well>."
    generic.append({"code": "GEN-3", "statement": "Check records.", "guidance": "Shown.", "kind": "often"})
    return data


@pytest.fixture
def world(app: object) -> World:
    world = make_world()
    import_document(from_data(second()), publish=True)
    world.signed("GEN-1")
    db.session.commit()
    return world


def scheme_lead(world: World) -> Person:
    lead = make_person("scheme@hospital.example", "Sue", "Lead")
    db.session.add(lead)
    db.session.flush()
    db.session.add(make_grant(lead.id, Role.SCHEME_LEAD, curriculum_id=world.enrolment.version.curriculum_id))
    db.session.commit()
    return lead


def pairs(world: World) -> list[str]:
    versions = {version.number: version.id for version in db.session.query(Version)}
    return [f"{each.from_code} {each.to_code} {each.kind}" for each in list_pairs(versions[1], versions[2])]


def test_anybody_signed_in_reads_what_changed_with_the_words_marked(client: FlaskClient, world: World) -> None:
    sign_in(client, world.stranger)
    page = client.get("/curricula/SCHEME/diff/1/2")
    assert page.status_code == 200
    assert "Wash <ins>both </ins>hands<ins> &lt;well&gt;</ins>." in page.text
    assert "New (1)" in page.text
    assert "/curricula/SCHEME/mapping/1/2" not in page.text
    assert "Nothing: the two ask the same" in client.get("/curricula/SCHEME/diff/1/1").text
    assert client.get("/curricula/SCHEME/diff/1/9").status_code == 404


def test_a_version_leads_to_what_changed_since_the_one_before(client: FlaskClient, world: World) -> None:
    sign_in(client, world.stranger)
    assert 'href="/curricula/SCHEME/diff/1/2"' in client.get("/curricula/SCHEME/2").text
    assert "What changed since" not in client.get("/curricula/SCHEME/1").text


def test_a_scheme_lead_says_what_was_split(client: FlaskClient, world: World) -> None:
    sign_in(client, scheme_lead(world))
    assert "Keep the mapping" in client.get("/curricula/SCHEME/mapping/1/2").text
    lines = "GEN-2, GEN-2, split\nGEN-2,GEN-3,split"
    answer = client.post("/curricula/SCHEME/mapping/1/2", data={"lines": lines}, follow_redirects=True)
    assert "Split (1)" in answer.text
    assert pairs(world) == ["GEN-2 GEN-2 split", "GEN-2 GEN-3 split"]
    assert "GEN-2, GEN-3, split" in client.get("/curricula/SCHEME/mapping/1/2").text


@pytest.mark.parametrize(
    ("lines", "sentence"),
    [
        ("GEN-2,GEN-3,equal", "Line 1: The kind is &#39;equal&#39;."),
        ("GEN-1,GEN-1,same\nGEN-2,GEN-9,same", "GEN-9 is not in the version that the mapping leads to."),
    ],
)
def test_a_wrong_line_is_shown_again_with_what_was_typed(
    client: FlaskClient, world: World, lines: str, sentence: str
) -> None:
    sign_in(client, scheme_lead(world))
    answer = client.post("/curricula/SCHEME/mapping/1/2", data={"lines": lines})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert lines in answer.text
    assert pairs(world) == []


def test_nobody_else_keeps_a_mapping_or_plans_a_move(client: FlaskClient, world: World) -> None:
    sign_in(client, world.lead)
    assert client.get("/curricula/SCHEME/mapping/1/2").status_code == 403
    assert client.post("/curricula/SCHEME/mapping/1/2", data={"lines": ""}).status_code == 403
    assert client.get("/curricula/SCHEME/moving/1/2").status_code == 403


def test_a_scheme_lead_sees_what_a_move_would_do_and_no_names(client: FlaskClient, world: World) -> None:
    sign_in(client, scheme_lead(world))
    page = client.get("/curricula/SCHEME/moving/1/2")
    assert page.status_code == 200
    assert "1 trainee follows version 1." in page.text
    assert world.trainee.family_name not in page.text.replace("Sue Lead", "")
    assert client.get("/curricula/SCHEME/moving/1/1").status_code == 409
