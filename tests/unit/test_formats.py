"""Which format a file has is found in the file."""

import io
import zipfile

import pytest

from tests.formats import SAMPLES, read
from tracker.core.errors import BadInput
from tracker.curricula.formats import ACCEPTED, find_format


def packed(name: str) -> bytes:
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr(name, b"x")
    return file.getvalue()


@pytest.mark.parametrize("name", SAMPLES)
def test_the_name_of_a_file_says_nothing(name: str) -> None:
    assert find_format("curriculum.pdf", SAMPLES[name]) == name.partition(",")[0]


@pytest.mark.parametrize("name", ["tracker", "case", "moodle"])
def test_a_byte_order_mark_hides_nothing(name: str) -> None:
    assert find_format("f", b"\xef\xbb\xbf" + SAMPLES[name]) == name
    assert read(b"\xef\xbb\xbf" + SAMPLES[name]).document == read(SAMPLES[name]).document


@pytest.mark.parametrize(
    ("raw", "said"),
    [
        (b"", "The file is empty."),
        (b"%PDF-1.7\n", "Nothing in the file says what it is."),
        (b'{"a": 1}', "Nothing in the file says what it is."),
        (b"name,email\nAda,ada@example.org\n", "Nothing in the file says what it is."),
        (packed("word/document.xml"), "This is a zip file, and no spreadsheet is in it."),
        (b"PK\x03\x04broken", "This is a zip file, and no spreadsheet is in it."),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "This is an old Excel file (.xls), or one with a password."),
        ("format: x".encode("utf-16"), "This is text in UTF-16. Save it as UTF-8."),
    ],
)
def test_what_is_none_of_them_is_one_problem_that_lists_them(raw: bytes, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        read(raw)
    (problem,) = caught.value.problems
    assert problem.what.startswith(said)
    assert problem.mend == ACCEPTED


def test_a_code_that_is_given_takes_the_place_of_the_one_in_the_file() -> None:
    for raw in SAMPLES.values():
        from tracker.curricula.importer import read_curriculum  # noqa: PLC0415 - only here

        assert read_curriculum("f", raw, "OTHER").document.code == "OTHER"
