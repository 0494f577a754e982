"""Taking out of a picture or PDF what nobody sees: who made it, where and with what, and anything that runs."""

from collections.abc import Iterator
from io import BytesIO
from typing import TYPE_CHECKING, Any

from tracker.evidence.rules import JPEG, LARGEST_PIXELS, PDF, FileKind

if TYPE_CHECKING:
    from PIL.Image import Image
    from pypdf import PdfReader, PdfWriter

HIDDEN_KEYS = ("/Metadata", "/PieceInfo", "/LastModified")
SCRIPT_KEYS = frozenset({"/JS", "/JavaScript"})
ACTIONS_THAT_RUN = frozenset(
    {"/JavaScript", "/Launch", "/ImportData", "/SubmitForm", "/Rendition", "/RichMediaExecute"}
)
FILE_KEYS = frozenset({"/EmbeddedFiles", "/EmbeddedFile", "/EF", "/RichMediaContent"})
PICTURE_QUALITY = 90
PLAIN_MODES = {"JPEG": {"L"}, "PNG": {"1", "L", "I;16"}, "WEBP": set[str]()}  # besides RGB


class NotClean(Exception):
    """The file cannot be kept; `sentence` says why and what would help."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def clean(content: bytes, kind: FileKind) -> bytes:
    """The file without what nobody sees. Texts and office files stay as they are.

    Raises NotClean.
    """
    if kind is PDF:
        return clean_pdf(content)
    if kind.media_type.startswith("image/"):
        return clean_picture(content, kind)
    return content


def clean_picture(content: bytes, kind: FileKind) -> bytes:
    """The picture as it is seen, drawn anew: turned the right way, without place, time, camera or thumbnail.

    Raises NotClean for one that is damaged, too large or moving.
    """
    from PIL import Image  # noqa: PLC0415 - heavy, and only this page needs it

    name = kind.media_type.removeprefix("image/").upper()
    try:
        with Image.open(BytesIO(content), formats=["JPEG", "MPO"] if kind is JPEG else [name]) as picture:
            _refuse_large_or_moving(picture, kind)
            return _drawn_anew(picture, name)
    except NotClean:
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as bomb:
        raise NotClean(_too_many_pixels()) from bomb
    except Exception as broken:  # a library that meets a hostile file raises all sorts, and the answer is one
        raise NotClean("The picture is damaged or not complete. Save it again, then attach the new copy.") from broken


def _refuse_large_or_moving(picture: "Image", kind: FileKind) -> None:
    """Before anything is decoded: opening a picture reads its header alone."""
    if picture.width * picture.height > LARGEST_PIXELS:
        raise NotClean(_too_many_pixels())
    if kind is not JPEG and getattr(picture, "n_frames", 1) > 1:
        raise NotClean("Moving pictures are not kept. Attach one still picture.")


def _too_many_pixels() -> str:
    millions = LARGEST_PIXELS // 1_000_000
    return f"The picture has more than {millions} million pixels. Save a smaller copy, then attach that."


def _drawn_anew(picture: "Image", name: str) -> bytes:
    from PIL import Image, ImageOps  # noqa: PLC0415 - heavy, and only this page needs it

    upright = ImageOps.exif_transpose(picture)
    seen = upright.convert(_mode(upright, name))
    fresh = Image.new(seen.mode, seen.size)
    fresh.paste(seen)
    drawn = BytesIO()
    fresh.save(drawn, name, **({"optimize": True} if name == "PNG" else {"quality": PICTURE_QUALITY}))
    return drawn.getvalue()


def _mode(picture: "Image", name: str) -> str:
    """How to keep a picture's colours: with transparency where there is some, grey or deep where it is and can be."""
    if picture.has_transparency_data and name != "JPEG":
        return "RGBA"
    return picture.mode if picture.mode in PLAIN_MODES[name] else "RGB"


def clean_pdf(content: bytes) -> bytes:
    """The PDF written anew: without author, title, tools and remarks of programs, and without what follows its end.

    Raises NotClean for one that is damaged, locked, or holds script, an action that starts something, or other files.
    """
    from pypdf import PdfReader, PdfWriter  # noqa: PLC0415 - heavy, and only this page needs it

    try:
        reader = PdfReader(BytesIO(content))
        _refuse_locked_or_empty(reader)
        return _written_anew(PdfWriter(clone_from=reader))
    except NotClean:
        raise
    except Exception as broken:  # a library that meets a hostile file raises all sorts, and the answer is one
        raise NotClean("The PDF is damaged or not complete. Save it again, then attach the new copy.") from broken


def _refuse_locked_or_empty(reader: "PdfReader") -> None:
    if reader.is_encrypted:
        raise NotClean("The PDF is locked with a password or restrictions. Print it to a new PDF, then attach that.")
    if not reader.pages:
        raise NotClean("The PDF has no pages. Save it again, then attach the new copy.")


def _written_anew(writer: "PdfWriter") -> bytes:
    writer.metadata = None
    for part in _parts(writer.root_object):
        _refuse_active(part)
        for key in HIDDEN_KEYS:
            part.pop(key, None)
    writer.compress_identical_objects(remove_duplicates=False, remove_unreferenced=True)
    written = BytesIO()
    writer.write(written)
    return written.getvalue()


def _parts(root: Any) -> Iterator[dict[str, Any]]:
    """Every dictionary that can be reached from the root, once."""
    from pypdf.generic import ArrayObject, DictionaryObject, IndirectObject  # noqa: PLC0415 - heavy

    seen: set[int] = set()
    waiting = [root]
    while waiting:
        part = waiting.pop()
        while isinstance(part, IndirectObject):
            part = part.get_object()
        if id(part) in seen:
            continue
        if isinstance(part, DictionaryObject):
            seen.add(id(part))
            yield part
            waiting.extend(part.values())
        elif isinstance(part, ArrayObject):
            seen.add(id(part))
            waiting.extend(part)


def _refuse_active(part: dict[str, Any]) -> None:
    action = part["/S"] if "/S" in part else None  # noqa: SIM401 - get() would not follow a reference
    if SCRIPT_KEYS & part.keys() or action in ACTIONS_THAT_RUN:
        raise NotClean("The PDF holds script or starts other programs. Print it to a new PDF, then attach that.")
    if FILE_KEYS & part.keys() or part.get("/Type") == "/EmbeddedFile":
        raise NotClean("The PDF has other files inside it. Attach them one by one, and print it to a new PDF.")
