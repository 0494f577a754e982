"""Drafts on the web: who sees and changes them, and what a change keeps."""

from datetime import date

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.curricula import GOOD
from tests.drafts import EDIT, as_, document, draft, person, send, shown
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.curricula.actions import import_document
from tracker.curricula.importer import read_document
from tracker.curricula.models import Version, VersionStatus
from tracker.curricula.queries import find_version

YESTERDAY = date(2021, 1, 1)
FORMS = (
    "about",
    "sections/GEN",
    "sections/A-T",
    "competencies/GEN-1",
    "competencies/A-1",
    "modules/M-1",
    "kinds/plain",
    "levels/1",
    "assessments/DOPS",
    "settings/least",
    "sources/book",
)


def test_a_draft_says_what_its_version_says_and_is_made_once(editor: FlaskClient) -> None:
    assert editor.post("/curricula/NURSE-1/1/draft").headers["Location"] == f"{EDIT}?done=begun"
    assert document() == document(1)
    assert draft().status is VersionStatus.DRAFT
    assert find_version("NURSE-1", 3) is None


def test_a_draft_is_there_for_its_maker_and_the_schemes_lead_alone(
    app: Flask, editor: FlaskClient, scheme_lead: Person
) -> None:
    other = person("otto", Role.SCHEME_LEAD, curriculum_id=import_other().curriculum_id)
    for address in (EDIT, "/curricula/NURSE-1/2", f"{EDIT}/kinds/plain"):
        assert editor.get(address).status_code == 200
        assert as_(app, scheme_lead).get(address).status_code == 200
        assert as_(app, other).get(address).status_code == 404
    assert "NURSE-1, version 2" in editor.get("/curricula").text
    assert "NURSE-1, version 2" not in as_(app, other).get("/curricula").text


def import_other() -> Version:
    other = import_document(read_document("f.yaml", GOOD.encode(), "OTHER"), publish=True)
    db.session.commit()
    return other


def test_who_leads_nobody_any_more_does_not_see_their_draft(editor: FlaskClient, training_lead: Person) -> None:
    db.session.execute(sa.text("UPDATE role_grant SET ends_on = :day"), {"day": YESTERDAY.isoformat()})
    db.session.commit()
    assert editor.get(EDIT).status_code == 404


@pytest.mark.parametrize("address", FORMS)
def test_a_form_that_is_sent_as_it_was_shown_changes_nothing(editor: FlaskClient, address: str) -> None:
    before = document()
    answer = send(editor, f"{EDIT}/{address}")
    assert answer.status_code == 302, answer.text
    assert document() == before


def test_a_competency_is_added_where_it_was_asked_for(editor: FlaskClient) -> None:
    address = f"{EDIT}/new/competencies?section=A-T"
    answer = send(editor, address, code="A-2", statement="Do another  thing.", kind="plain", expected_month="least")
    assert answer.headers["Location"] == f"{EDIT}?done=added#competencies-A-2"
    added = next(section for section in document().every_section() if section.code == "A-T").competencies[-1]
    assert (added.code, added.statement, added.expected_month) == ("A-2", "Do another thing.", 3)


def test_a_kind_is_chosen_by_sentences_and_shows_what_it_asks_for(editor: FlaskClient) -> None:
    changed = {"entries": "4", "days": "3", "reflections": "2", "action_plan": "y", "scaled": ["entries", "days"]}
    mixes = {"mix_1_count": "2", "mix_1_any_of": ["DOPS", "MSF"]}
    answer = send(editor, f"{EDIT}/kinds/plain", **changed, **mixes)
    page = editor.get(answer.headers["Location"]).text
    assert "A competency of this kind asks for: 4 entries on 3 different days" in page
    assert "one DOPS; 2 DOPS or MSF" in page
    assert document().kinds[0].evidence.entries == 4


def test_a_number_without_its_choice_is_asked_about(editor: FlaskClient) -> None:
    answer = send(editor, f"{EDIT}/kinds/plain", mix_1_count="2", part_count="")
    assert answer.status_code == 422
    assert "of any of these forms, 2: tick at least one." in answer.text
    assert "So many entries with a part in the work: enter how many." in answer.text


@pytest.mark.parametrize(
    ("address", "changed", "said"),
    [
        ("competencies/GEN-1", {"code": "A-1"}, "A-1 is in the draft already."),
        ("competencies/GEN-1", {"code": "two words"}, "Use only letters, digits"),
        ("competencies/GEN-1", {"statement": ""}, "Write what the trainee must be able to do."),
        ("competencies/GEN-1", {"expected_month": "121"}, "from 1 to 120, or the code of a setting"),
        ("competencies/GEN-1", {"register_scopes": "x" * 201}, "a line has at most 200 characters"),
        ("modules/M-1", {"component_1_weight_percent": "a lot"}, "enter a number from 0 to 100"),
        ("modules/M-1", {"component_3_code": "CW"}, "Component 3: CW is the code of another component."),
        ("modules/M-1", {"component_3_title": "Viva"}, "Component 3: enter a code"),
        ("sections/GEN", {"number": ""}, "Enter how many parts or points complete the section."),
        ("levels/1", {"value": "2"}, "There is a level 2 already."),
        ("settings/least", {"value": "least"}, "Enter a whole number from 0 to 100000."),
        ("sources/book", {"address": "book"}, "Begin it with https://."),
        ("about", {"length_months": "long"}, "enter a whole number from 1 to 120"),
    ],
)  # fmt: skip
def test_what_cannot_be_kept_is_said_and_stays_typed(
    editor: FlaskClient, address: str, changed: dict[str, str], said: str
) -> None:
    before = document()
    answer = send(editor, f"{EDIT}/{address}", **changed)
    assert answer.status_code == 422
    assert said in answer.text
    assert all(value in answer.text for value in changed.values())
    assert document() == before


def test_a_section_that_goes_into_another_becomes_a_theme(editor: FlaskClient) -> None:
    assert send(editor, f"{EDIT}/sections/MOD", section="A").status_code == 302
    assert [section.code for section in document().every_section()] == ["GEN", "A", "A-T", "MOD"]
    assert [section.kind.value for section in document().every_section()][-1] == "theme"


def test_a_button_moves_a_part(editor: FlaskClient) -> None:
    answer = send(editor, EDIT, move="sections/GEN/down")
    assert answer.headers["Location"] == f"{EDIT}?done=moved#sections-GEN"
    assert [section.code for section in document().sections] == ["A", "GEN", "MOD"]
    assert "GEN moved down, Lena Osei" in editor.get(EDIT).text
    assert send(editor, EDIT, move="kinds/plain/up").status_code == 404


def test_a_part_is_removed_unless_it_is_needed(editor: FlaskClient) -> None:
    digest = {"digest": draft().digest}
    assert editor.post(f"{EDIT}/modules/M-1/remove", data=digest).status_code == 302
    assert editor.get(f"{EDIT}/modules/M-1").status_code == 404
    refused = editor.post(f"{EDIT}/kinds/plain/remove", data={"digest": draft().digest})
    assert refused.status_code == 409
    assert "The kind plain is used by GEN-1, A-1." in refused.text


def test_a_change_to_what_was_changed_meanwhile_is_refused_and_what_was_typed_is_kept(
    app: Flask, editor: FlaskClient, scheme_lead: Person
) -> None:
    mine = shown(editor, f"{EDIT}/competencies/GEN-1") | {"guidance": "What I typed for an hour."}
    assert send(as_(app, scheme_lead), f"{EDIT}/competencies/A-1", statement="Reworded.").status_code == 302
    answer = editor.post(f"{EDIT}/competencies/GEN-1", data=mine)
    assert answer.status_code == 409
    assert "Schema Osei changed it at" in answer.text
    assert "(A-1 changed)" in answer.text
    assert "What I typed for an hour." in answer.text
    assert "Reworded." in str(document())


def test_a_setting_that_no_number_can_take_is_refused(editor: FlaskClient) -> None:
    assert send(editor, f"{EDIT}/modules/M-1", credits="least").status_code == 302
    answer = send(editor, f"{EDIT}/settings/least", value="0")
    assert answer.status_code == 409
    assert "too large or too small" in answer.text


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize(
    "value", ["", "x" * 6000, "\x00", "99999999", "least"], ids=["empty", "long", "nul", "large", "setting"]
)
def test_whatever_is_typed_is_kept_or_refused(editor: FlaskClient, form: str, value: str) -> None:
    fields = shown(editor, f"{EDIT}/{form}")
    changed = dict.fromkeys(set(fields) - {"csrf_token", "digest", "code"}, value)
    answer = editor.post(f"{EDIT}/{form}", data=fields | changed)
    assert answer.status_code in {302, 409, 422}
    assert editor.get("/curricula/NURSE-1/2").status_code == 200
