"""What forms make of what people type."""

from datetime import date
from pathlib import Path
from uuid import UUID

import pytest
import wtforms as wtf
from flask import Flask
from werkzeug.datastructures import MultiDict
from wtforms.validators import InputRequired, Length, Optional

from tests.conftest import settings
from tracker import create_app
from tracker.core.forms import ActionForm, DayField, Form
from tracker.core.markup import nhsuk_params


@pytest.fixture(scope="module")
def plain_app(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """An app whose database is never asked."""
    folder = tmp_path_factory.mktemp("plain")
    return create_app(settings(Path(folder), f"sqlite:///{folder / 'none.sqlite'}"))


class Note(Form):
    on = DayField("Date you did it", [InputRequired("Enter the date you did it.")])
    text = wtf.TextAreaField("Reflection", [Length(max=10)])
    hours = wtf.IntegerField("Hours", [Optional()])


def filled(app: Flask, typed: dict[str, str], kind: type[Form] = Note) -> Form:
    with app.test_request_context(method="POST", data=MultiDict(typed)):
        form = kind()
        form.validate()
        return form


def typed_day(day: str, month: str, year: str) -> dict[str, str]:
    return {"on-day": day, "on-month": month, "on-year": year}


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        (("27", "3", "2026"), date(2026, 3, 27)),
        ((" 01 ", "02", "2024"), date(2024, 2, 1)),
        (("29", "feb", "2024"), date(2024, 2, 29)),
        (("5", "September", "2025"), date(2025, 9, 5)),
    ],
)
def test_a_date_is_read_as_people_write_it(plain_app: Flask, typed: tuple[str, str, str], found: date) -> None:
    form = filled(plain_app, typed_day(*typed))
    assert form.data["on"] == found
    assert not form.errors


@pytest.mark.parametrize(
    ("typed", "sentence", "target"),
    [
        (("", "", ""), "Enter the date you did it.", "on-day"),
        (("31", "2", "2026"), "31 February 2026 is not a date: February 2026 has 28 days.", "on-day"),
        (("27", "", "2026"), "Date you did it must include a month.", "on-month"),
        (("", "3", ""), "Date you did it must include a day and a year.", "on-day"),
        (("27", "13", "2026"), "The month of Date you did it must be from 1 to 12.", "on-month"),
        (("27", "3", "26"), "The year of Date you did it must have 4 digits, such as 2026.", "on-year"),
        (("x", "3", "2026"), "Date you did it must be in numbers, such as 27 3 2026.", "on-day"),
        (("٣", "3", "2026"), "Date you did it must be in numbers, such as 27 3 2026.", "on-day"),
    ],
)
def test_what_is_not_a_date_is_said_and_kept(
    plain_app: Flask, typed: tuple[str, str, str], sentence: str, target: str
) -> None:
    form = filled(plain_app, typed_day(*typed))
    assert next(form.problems()) == (target, sentence)
    with plain_app.test_request_context():
        _, params = nhsuk_params(form["on"], {})
    assert tuple(item["value"] for item in params["items"]) == typed


def test_too_long_a_text_says_by_how_much(plain_app: Flask) -> None:
    form = filled(plain_app, typed_day("1", "1", "2026") | {"text": "x" * 12})
    assert form.errors["text"] == ["Reflection must be 10 characters or fewer. It has 12 now: shorten it by 2."]


def test_a_line_break_counts_once(plain_app: Flask) -> None:
    form = filled(plain_app, typed_day("1", "1", "2026") | {"text": "1234\r\n6789\r\n"})
    assert not form.errors
    assert form.data["text"] == "1234\n6789"


def test_text_is_tidied_for_us_and_kept_for_the_person(plain_app: Flask) -> None:
    form = filled(plain_app, {"text": "  a  "})
    assert form.data["text"] == "a"
    assert nhsuk_params(form["text"], {})[1]["value"] == "  a  "


@pytest.mark.parametrize("letter", ["\0", "\x07", "\x1b", "\x85"])
def test_a_character_that_cannot_be_kept_is_refused(plain_app: Flask, letter: str) -> None:
    assert "cannot be kept" in filled(plain_app, {"text": f"a{letter}b"}).errors["text"][0]


def test_a_number_that_is_none_is_said_in_our_words(plain_app: Flask) -> None:
    form = filled(plain_app, {"hours": "a few"})
    assert form.errors["hours"] == ["Enter a whole number, such as 3."]
    assert nhsuk_params(form["hours"], {})[1]["value"] == "a few"


@pytest.mark.parametrize("key", ["", "zz", "1" * 40])
def test_a_damaged_key_is_said_and_replaced(plain_app: Flask, key: str) -> None:
    form = filled(plain_app, {"key": key, "version": "3"}, ActionForm)
    assert list(form.problems()) == [
        ("", "The page was damaged on its way to us. It has been mended: press the button again.")
    ]
    assert isinstance(form.data["key"], UUID)


@pytest.mark.parametrize("version", ["", "-1", "1.5", "9" * 20, "three"])
def test_a_page_that_does_not_say_its_version_is_refused(plain_app: Flask, version: str) -> None:
    form = filled(plain_app, {"key": "0" * 32, "version": version}, ActionForm)
    assert form.errors.keys() == {"version"}


def test_a_form_that_is_only_shown_has_a_key_and_no_error(plain_app: Flask) -> None:
    with plain_app.test_request_context():
        form, other = ActionForm(), ActionForm(version=7)
        assert form.key.data != other.key.data
        assert other.version.data == 7
        assert f'value="{form.key.data}"' in form.hidden_tag()
        assert form.status == 200


class Reason(Form):
    reason = wtf.TextAreaField("Reason", [InputRequired("Say why.")])
    password = wtf.PasswordField("Password", [InputRequired("Type it.")])


def test_spaces_are_no_reason_and_may_be_a_password(plain_app: Flask) -> None:
    form = filled(plain_app, {"reason": " \r\n ", "password": "   "}, Reason)
    assert form.errors == {"reason": ["Say why."]}
