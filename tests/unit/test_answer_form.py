"""An assessment form of the curriculum on a page, and what is answered there."""

from collections.abc import Mapping
from pathlib import Path

import pytest
from flask import Flask, render_template
from werkzeug.datastructures import MultiDict

from tests.conftest import settings
from tracker import create_app
from tracker.assessments.answer_form import AnswerForm, answer_form, answers
from tracker.assessments.answers import Answers, shown_answers
from tracker.curricula.document import FieldKind, Form, FormField, Level

LEVELS = (Level(1, "Watches", "Does not do it yet."), Level(2, "Does it alone"))
EVERY = Form(
    "DOPS",
    "Direct observation",
    fields=(
        FormField("data", "What was done?", FieldKind.TEXT, required=True, hint="In a few words."),
        FormField("errors", "What went well?", FieldKind.LONG_TEXT),
        FormField("difficulty", "How hard was it?", FieldKind.CHOICE, required=True, choices=("easy", "hard")),
        FormField("minutes", "Minutes watching", FieldKind.NUMBER),
        FormField("again", "Would you trust it?", FieldKind.YES_NO),
        FormField("help_given", "How much help?", FieldKind.LEVEL, required=True),
    ),
)
FULL = {
    "answer_data": " A QC run ",
    "answer_errors": "Calm.\r\nClear.",
    "answer_difficulty": "hard",
    "answer_minutes": "25",
    "answer_again": "no",
    "answer_help_given": "2",
}
ANSWERS: Answers = {
    "data": "A QC run",
    "errors": "Calm.\nClear.",
    "difficulty": "hard",
    "minutes": 25,
    "again": False,
    "help_given": 2,
}


@pytest.fixture(scope="module")
def plain_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app whose database is never asked."""
    folder = tmp_path_factory.mktemp("plain")
    return create_app(settings(Path(folder), f"sqlite:///{folder / 'none.sqlite'}"))


def filled(app: Flask, typed: Mapping[str, str], form: Form = EVERY) -> AnswerForm:
    with app.test_request_context(method="POST", data=MultiDict({"version": "0", **typed})):
        made = answer_form(form, LEVELS, AnswerForm)
        made.validate()
        return made


def test_every_kind_of_question_is_answered_and_read_back(plain_app: Flask) -> None:
    form = filled(plain_app, FULL)
    assert not {name: said for name, said in form.errors.items() if name not in {"key", "csrf_token"}}
    assert answers(form) == ANSWERS


def test_every_problem_is_said_at_once(plain_app: Flask) -> None:
    form = filled(plain_app, {"answer_minutes": "-1", "answer_again": "perhaps"})
    wrong = {name for name in form.errors if name.startswith("answer_")}
    assert wrong == {"answer_data", "answer_difficulty", "answer_minutes", "answer_again", "answer_help_given"}
    assert form.errors["answer_difficulty"] == ["Answer “How hard was it?”."]


def test_what_may_be_left_out_is_left_out(plain_app: Flask) -> None:
    form = filled(plain_app, FULL | {"answer_errors": "", "answer_minutes": "", "answer_again": ""})
    assert not [name for name in form.errors if name.startswith("answer_")]
    assert set(answers(form)) == {"data", "difficulty", "help_given"}


@pytest.mark.parametrize("sent", ["3", "0", "two", "2 ", "9" * 5000])
def test_no_level_is_taken_that_the_scale_does_not_have(plain_app: Flask, sent: str) -> None:
    assert "answer_help_given" in filled(plain_app, FULL | {"answer_help_given": sent}).errors


@pytest.mark.parametrize("sent", ["9" * 5000, "100001", "1.5", "many"])
def test_no_number_is_taken_that_cannot_be_kept(plain_app: Flask, sent: str) -> None:
    assert "answer_minutes" in filled(plain_app, FULL | {"answer_minutes": sent}).errors


@pytest.mark.parametrize("name", ["answer_data", "answer_errors"])
def test_no_text_names_a_patient(plain_app: Flask, name: str) -> None:
    assert name in filled(plain_app, FULL | {name: "For 943 476 5919."}).errors
    assert name not in filled(plain_app, FULL | {name: "For nobody in particular."}).errors


def test_a_long_answer_says_by_how_much_it_is_too_long(plain_app: Flask) -> None:
    form = filled(plain_app, FULL | {"answer_errors": "a" * 5003})
    assert "shorten it by 3" in form.errors["answer_errors"][0]


def test_a_form_without_questions_asks_the_standard_set(plain_app: Flask) -> None:
    form = filled(plain_app, {"answer_help_given": "1", "answer_help_next": "2"}, Form("CBD", "Discussion"))
    assert answers(form) == {"help_given": 1, "help_next": 2}
    assert [each.code for each in form.asked][2:] == ["strengths", "to_improve", "agreed_action"]


def test_a_curriculum_without_levels_asks_for_none(plain_app: Flask) -> None:
    with plain_app.test_request_context():
        form = answer_form(Form("CBD", "Discussion"), (), AnswerForm)
        assert [each.code for each in form.asked] == ["strengths", "to_improve", "agreed_action"]


def test_answers_that_were_given_are_there_to_begin_with(plain_app: Flask) -> None:
    with plain_app.test_request_context():
        assert answers(answer_form(EVERY, LEVELS, AnswerForm, given={**ANSWERS, "gone": "x"})) == ANSWERS


def test_answers_read_beside_their_questions() -> None:
    shown = shown_answers(EVERY, LEVELS, {"help_given": 2, "again": False, "errors": "Calm."})
    assert shown == (
        ("What went well?", "Calm.", True),
        ("Would you trust it?", "No", False),
        ("How much help?", "2: Does it alone", False),
    )


def test_a_page_shows_the_questions_and_hostile_answers_as_text(plain_app: Flask) -> None:
    with plain_app.test_request_context():
        form = answer_form(EVERY, LEVELS, AnswerForm, given={"data": "<script>x</script>"})
        asked = render_template("assessments/_questions.html", form=form)
        read = render_template("assessments/_answers.html", answers=[("Q", "<b>x</b>", False)])
    assert "Does not do it yet." in asked
    assert "In a few words." in asked
    assert "<script>x" not in asked
    assert "&lt;b&gt;x&lt;/b&gt;" in read
