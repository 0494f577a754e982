import pytest

from tracker.evidence import rules
from tracker.evidence.rules import CSV, JPEG, LONGEST_NAME, PDF, TEXT

VALID = "9434765919"


@pytest.mark.parametrize(
    "text",
    [
        VALID,
        "943 476 5919",
        "943-476-5919",
        "943\u2013476\u20135919",
        "943\u00a0476\u00a05919",
        "9434 765 919",
        "NHS no.9434765919.",
        "(943 476 5919)",
        "3 943 476 5919",
        "\uff19434765919",
    ],
)
def test_an_nhs_number_is_found_however_it_is_written(text: str) -> None:
    assert rules.find_nhs_numbers(f"Seen with {text} today") == [VALID]


@pytest.mark.parametrize(
    "text",
    [
        "9434765918",
        "19434765919",
        "94347659190",
        "2024-943-476-5919",
        "+44 943 476 5919",
        "9434765919.25",
        "0.9434765919",
        "943 476 591",
        "pump serial 1234567890",
        "943, 476, 5919",
    ],
)
def test_other_numbers_pass(text: str) -> None:
    assert rules.find_nhs_numbers(text) == []


def test_every_nhs_number_in_a_text_is_found() -> None:
    assert rules.find_nhs_numbers("9434765919,9434765870") == ["9434765919", "9434765870"]


def test_the_sentence_names_the_field_and_not_the_number() -> None:
    found = rules.why_not_patient_details({"Reflection": f"Patient {VALID} was calm.", "Place": "Ward 9"})
    assert list(found) == ["Reflection"]
    assert found["Reflection"].startswith("Remove the NHS number that ends in 19 from “Reflection”")
    assert VALID not in found["Reflection"]


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("report.pdf", "report.pdf"),
        ("Report.PDF", "Report.pdf"),
        ("../../etc/passwd", "passwd.pdf"),
        ("C:\\Users\\ada\\QC sheet.pdf", "QC sheet.pdf"),
        ("photo\u202efdp.exe", "photofdp.exe.pdf"),
        ("re\u200bport\r\n.pdf", "report.pdf"),
        ("invoice.pdf.exe", "invoice.pdf.exe.pdf"),
        ("", "file.pdf"),
        ("...", "file.pdf"),
        (".pdf", "pdf.pdf"),
        ('a<b>"c|d?.pdf', "a_b__c_d_.pdf"),
        ("Pr\u0065\u0301cis.pdf", "Pr\u00e9cis.pdf"),
    ],
)
def test_a_name_loses_what_could_mislead(name: str, clean: str) -> None:
    assert rules.clean_name(name, PDF) == clean


def test_a_long_name_keeps_its_extension() -> None:
    name = rules.clean_name("a" * 500 + ".jpeg", JPEG)
    assert len(name) == LONGEST_NAME
    assert name.endswith("a.jpeg")


@pytest.mark.parametrize(
    "content", [b"Dose 12 \xa3", "Dose 12 µSv".encode(), "Dose".encode("utf-16"), b"\xef\xbb\xbfDose"]
)
def test_text_in_any_usual_encoding_is_text(content: bytes) -> None:
    assert rules.find_kind(content, "dose.txt") is TEXT
    assert rules.find_kind(content, "dose.CSV") is CSV


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<!DOCTYPE html><p>hello",
        b"\n <svg xmlns='x'>",
        b"hello <script>alert(1)</script>",
        "<html>".encode("utf-16"),
        b"text\x00with a zero",
        b"MZ\x90\x00\x03",
        b"GIF89a\x01\x00",
        b"  %PDF-1.7 not at the start\x00",
    ],
)
def test_what_is_no_evidence_has_no_kind(content: bytes) -> None:
    assert rules.find_kind(content, "evidence.pdf") is None


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "empty"),
        (b"\0" * 128 + b"DICM", "DICOM"),
        (b"\0\0\0\x18ftypheic", "HEIC"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "older Office"),
        (b"<svg>", "SVG"),
        (b"MZ\x90\x00", "not a kind of file that we keep"),
    ],
)
def test_a_file_that_is_not_kept_is_told_what_would_help(content: bytes, words: str) -> None:
    assert words in rules.why_not_keep(content)
