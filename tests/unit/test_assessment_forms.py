"""Assessment forms in curriculum files: what a form asks is read, and an older form is written as it was."""

from pathlib import Path

import pytest

from tests.curricula import GOOD
from tracker.core.errors import BadInput
from tracker.curricula.document import STANDARD_FIELDS, FieldKind, Form
from tracker.curricula.importer import read_document
from tracker.curricula.plain_data import digest, to_data
from tracker.curricula.plain_parts import form_from_data

OF_BEFORE = "ff66b7ced16279a632e412ab1233f814bd07d951d19ecbe902170c217779c537"  # as the tracker of before computed it


def test_a_form_of_before_there_were_questions_is_written_as_it_was() -> None:
    data = to_data(read_document("f.yaml", GOOD.replace(", fewest_answers: 4", "").encode()))
    assert data["assessments"][1] == {"code": "MSF", "title": "Many views"}


def test_a_form_is_read_with_its_questions() -> None:
    form = read_document("f.yaml", GOOD.encode()).form("DOPS")
    assert form.needs_registration
    assert [(field.code, field.kind, field.required) for field in form.asked] == [
        ("task", FieldKind.TEXT, True),
        ("hard", FieldKind.CHOICE, False),
        ("help", FieldKind.LEVEL, False),
    ]
    assert form.asked[1].choices == ("easy", "hard")


def test_a_form_that_asks_for_a_level_needs_a_scale() -> None:
    awards = next(Path("tracker/curricula/library").glob("dl-pgdip*.yaml")).read_text(encoding="utf-8")
    asks = "assessments:\n  - {code: F, title: F, fields: [{code: a, label: A, kind: level}]}\nsections:"
    with pytest.raises(BadInput) as refused:
        read_document("f.yaml", awards.replace("\nsections:", f"\n{asks}", 1).encode())
    assert "It asks for a level, and the curriculum has no scale." in str(refused.value)


def test_a_form_that_only_has_a_name_keeps_the_digest_of_its_curriculum() -> None:
    """The digest is what is kept of versions that were published before forms had questions."""
    head, _, rest = GOOD.partition("assessments:\n")
    plain = head + "assessments:\n  - { code: DOPS, title: Direct observation }\n" + rest[rest.index("kinds:") :]
    plain = plain.replace("    validity_months: 24\n", "")
    assert digest(read_document("f.yaml", plain.encode())) == OF_BEFORE


def test_a_form_without_questions_asks_the_standard_set() -> None:
    assert form_from_data({"code": "CBD", "title": "Discussion"}) == Form("CBD", "Discussion")
    assert Form("CBD", "Discussion").asked == STANDARD_FIELDS
    assert [field.code for field in STANDARD_FIELDS if field.kind is FieldKind.LEVEL] == ["help_given", "help_next"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (
            "kind: text,",
            "kind: word,",
            "The field kind is the text 'word'. Write text, long_text, choice, number, yes_no or",
        ),
        ("code: hard", "code: Hard", "The field code is the text 'Hard'. Write a code of small letters, digits and"),
        ("code: hard", "code: task", "The code task is used a second time."),
        (
            ", choices: [easy, hard]",
            "",
            "It is a choice and has nothing to choose from. List the answers under choices.",
        ),
        ("choices: [easy, hard]", "choices: [easy, easy]", "The field choices names the same thing twice."),
        ("kind: text,", "choices: [a], kind: text,", "It lists choices, and its kind is text."),
        ("fewest_answers: 4", "fewest_answers: 1", "The field fewest_answers is 1. Write a whole number from 2 to 50."),
    ],
)
def test_a_mistake_in_a_form_is_named_with_its_row(old: str, new: str, said: str) -> None:
    with pytest.raises(BadInput) as refused:
        read_document("f.yaml", GOOD.replace(old, new, 1).encode())
    row = next(number for number, line in enumerate(GOOD.splitlines(), 1) if old in line)
    found = [problem.row for problem in refused.value.problems if said in f"{problem.what} {problem.mend}"]
    assert found == [row], refused.value.problems
