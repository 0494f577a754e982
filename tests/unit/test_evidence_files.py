import io
import struct
import zipfile
import zlib

import pytest
from PIL import Image
from pypdf import PdfReader, PdfWriter
from pypdf.generic import DictionaryObject, NameObject, StreamObject, create_string_object

from tracker.evidence import office
from tracker.evidence.files import check
from tracker.evidence.rules import DOCX, JPEG, PDF, PNG, WEBP, XLSX, FileKind

TYPES = '<?xml version="1.0"?><Types xmlns="t"><Default Extension="xml" ContentType="application/xml"/>{}</Types>'
WORD = '<Override PartName="/word/document.xml" ContentType="{}.main+xml"/>'


def zipped(parts: dict[str, str], *, smallest: bool = False) -> bytes:
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED if smallest else zipfile.ZIP_STORED) as archive:
        for name, text in parts.items():
            archive.writestr(name, text)
    return written.getvalue()


def docx(more: dict[str, str] | None = None, media_type: str = DOCX.media_type, *, smallest: bool = False) -> bytes:
    types = TYPES.format(WORD.format(media_type))
    return zipped({"[Content_Types].xml": types, "word/document.xml": "<d/>"} | (more or {}), smallest=smallest)


def picture(name: str, **more: object) -> bytes:
    drawn = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(drawn, name, **more)
    return drawn.getvalue()


def jpeg_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010F] = "SecretCamera"
    exif[0x0112] = 6  # turned
    return picture("JPEG", exif=exif, comment=b"SecretRemark")


def huge_png() -> bytes:
    header = struct.pack(">IIBBBBB", 60_000, 60_000, 8, 2, 0, 0, 0)
    chunk = struct.pack(">I", len(header)) + b"IHDR" + header + struct.pack(">I", zlib.crc32(b"IHDR" + header))
    return b"\x89PNG\r\n\x1a\n" + chunk + b"\0\0\0\0IDAT\x35\xaf\x06\x1e\0\0\0\0IEND\xae\x42\x60\x82"


def new_pdf() -> PdfWriter:
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    return writer


def written(writer: PdfWriter) -> bytes:
    content = io.BytesIO()
    writer.write(content)
    return content.getvalue()


def kept(content: bytes, name: str) -> tuple[FileKind, bytes]:
    answer = check(content, name)
    assert not isinstance(answer, str), answer
    return answer


def refused(content: bytes, name: str) -> str:
    answer = check(content, name)
    assert isinstance(answer, str)
    return answer


def test_a_jpeg_is_kept_upright_and_without_what_nobody_sees() -> None:
    kind, cleaned = kept(jpeg_with_place(), "photo.jpg")
    assert kind is JPEG
    assert b"Secret" not in cleaned
    with Image.open(io.BytesIO(cleaned)) as drawn:
        assert (drawn.size, len(drawn.getexif())) == ((20, 40), 0)
        assert drawn.convert("RGB").getpixel((5, 5)) in {(254, 0, 0), (255, 0, 0)}


@pytest.mark.parametrize(("name", "kind"), [("PNG", PNG), ("WEBP", WEBP)])
def test_a_picture_keeps_its_kind_and_loses_what_follows_it(name: str, kind: FileKind) -> None:
    found, cleaned = kept(picture(name) + b"PK\x03\x04 hidden zip", "photo.png")
    assert found is kind
    assert b"hidden zip" not in cleaned


def test_a_see_through_picture_stays_see_through() -> None:
    drawn = io.BytesIO()
    Image.new("RGBA", (4, 4), (1, 2, 3, 0)).save(drawn, "PNG")
    _, cleaned = kept(drawn.getvalue(), "drawing.png")
    with Image.open(io.BytesIO(cleaned)) as fresh:
        assert fresh.convert("RGBA").getpixel((1, 1)) == (1, 2, 3, 0)


def test_a_deep_grey_picture_keeps_its_depth() -> None:
    drawn = io.BytesIO()
    Image.new("I;16", (4, 4), 40_000).save(drawn, "PNG")
    _, cleaned = kept(drawn.getvalue(), "phantom.png")
    with Image.open(io.BytesIO(cleaned)) as fresh:
        assert fresh.getpixel((1, 1)) == 40_000


def test_a_phone_photo_with_a_second_picture_inside_is_kept_as_its_first() -> None:
    both = io.BytesIO()
    Image.new("RGB", (40, 20)).save(both, "MPO", save_all=True, append_images=[Image.new("RGB", (10, 5))])
    kind, cleaned = kept(both.getvalue(), "photo.jpg")
    assert kind is JPEG
    with Image.open(io.BytesIO(cleaned)) as drawn:
        assert (drawn.format, drawn.size) == ("JPEG", (40, 20))


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (huge_png(), "million pixels"),
        (picture("PNG")[:60], "damaged"),
        (picture("WEBP", save_all=True, append_images=[Image.new("RGB", (40, 20), "blue")]), "Moving"),
    ],
)
def test_a_picture_that_is_too_large_broken_or_moving_is_not_kept(content: bytes, words: str) -> None:
    assert words in refused(content, "photo.png")


def test_a_pdf_is_kept_without_its_author() -> None:
    writer = new_pdf()
    writer.add_metadata({"/Author": "SecretAuthor", "/Title": "SecretTitle"})
    remark = StreamObject()
    remark.set_data(b"<x:xmpmeta>SecretTool</x:xmpmeta>")
    writer.root_object[NameObject("/Metadata")] = writer._add_object(remark)
    kind, cleaned = kept(written(writer) + b"<script>SecretTail</script>", "letter.pdf")
    assert kind is PDF
    assert b"Secret" not in cleaned
    assert len(PdfReader(io.BytesIO(cleaned)).pages) == 1


def test_a_locked_pdf_is_not_kept() -> None:
    writer = new_pdf()
    writer.encrypt("secret")
    assert "locked" in refused(written(writer), "letter.pdf")


def test_a_pdf_with_script_is_not_kept() -> None:
    writer = new_pdf()
    script = DictionaryObject(
        {NameObject("/S"): NameObject("/JavaScript"), NameObject("/JS"): create_string_object("x")}
    )
    writer.root_object[NameObject("/OpenAction")] = writer._add_object(script)
    assert "script" in refused(written(writer), "letter.pdf")


def test_a_pdf_that_starts_a_program_is_not_kept_even_by_reference() -> None:
    writer = new_pdf()
    action = DictionaryObject(
        {NameObject("/S"): writer._add_object(NameObject("/Launch")), NameObject("/F"): create_string_object("x.exe")}
    )
    writer.pages[0][NameObject("/AA")] = DictionaryObject({NameObject("/O"): writer._add_object(action)})
    assert "starts other programs" in refused(written(writer), "letter.pdf")


def test_a_pdf_with_files_inside_is_not_kept() -> None:
    writer = new_pdf()
    writer.add_attachment("list.txt", b"names")
    assert "other files inside" in refused(written(writer), "letter.pdf")


@pytest.mark.parametrize("content", [b"%PDF-1.7\nnothing", b"%PDF-1.4 <html><script>", written(new_pdf())[:200]])
def test_a_broken_pdf_is_not_kept(content: bytes) -> None:
    assert "PDF" in refused(content, "letter.pdf")


def test_a_web_page_named_pdf_is_not_kept() -> None:
    assert "Web pages" in refused(b"<html><script>alert(1)</script>", "letter.pdf")


def test_a_word_file_is_known_by_what_is_inside() -> None:
    assert kept(docx(), "notes.zip") == (DOCX, docx())


def test_an_excel_file_is_known_by_what_is_inside() -> None:
    types = TYPES.format(f'<Override PartName="/xl/workbook.xml" ContentType="{XLSX.media_type}.main+xml"/>')
    content = zipped({"[Content_Types].xml": types, "xl/workbook.xml": "<w/>"})
    assert kept(content, "qc.xlsx") == (XLSX, content)


@pytest.mark.parametrize(
    "content",
    [
        docx(media_type="application/vnd.ms-word.document.macroEnabled"),
        docx({"word/vbaProject.bin": "macro"}),
        docx({"word/activeX/activeX1.xml": "<x/>"}),
    ],
)
def test_macros_are_not_kept(content: bytes) -> None:
    assert "macros" in refused(content, "notes.docx")


@pytest.mark.parametrize(
    "content",
    [
        zipped({"word/document.xml": "<d/>"}),
        zipped({"[Content_Types].xml": TYPES.format(""), "word/document.xml": "<d/>"}),
        zipped({"[Content_Types].xml": TYPES.format(WORD.format(DOCX.media_type))}),
    ],
)
def test_a_zip_that_only_looks_like_a_word_file_is_not_kept(content: bytes) -> None:
    assert "Zip folders are not kept" in refused(content, "notes.docx")


def test_a_zip_bomb_is_not_unpacked() -> None:
    assert refused(docx({"word/media/a.xml": "0" * 20_000_000}, smallest=True), "a.docx") == office.TOO_MUCH_INSIDE


def test_a_zip_that_says_it_unpacks_to_more_than_we_allow_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(office, "LARGEST_UNPACKED_BYTES", 1000)
    assert refused(docx({"word/media/a.xml": "0" * 2000}), "a.docx") == office.TOO_MUCH_INSIDE


@pytest.mark.parametrize(
    "content",
    [
        docx({"../../evil.xml": "x"}),
        docx({"/etc/evil.xml": "x"}),
        docx({"C:/evil.xml": "x"}),
        docx() + b"hidden tail",
        docx()[:-30],
        docx().replace(b"<d/>", b"<e/>"),
        zipped({"[Content_Types].xml": "<!DOCTYPE x [<!ENTITY a 'b'>]><Types/>", "word/document.xml": "<d/>"}),
        zipped({"[Content_Types].xml": "<Types>", "word/document.xml": "<d/>"}),
    ],
)
def test_a_damaged_or_tricky_zip_is_not_kept(content: bytes) -> None:
    assert refused(content, "notes.docx") == office.BROKEN


def test_a_text_file_with_an_nhs_number_is_not_kept() -> None:
    assert "NHS number that ends in 19" in refused(b"name,number\nx,943 476 5919\n", "list.csv")


def test_a_file_named_by_an_nhs_number_is_not_kept() -> None:
    assert "from “the file's name”" in refused(b"fine", "9434765919.txt")
