"""The pages of a bundle that people read."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from flask import current_app

from tracker.accounts.models import Person
from tracker.core.clock import zone
from tracker.core.places import PACKAGE, resource
from tracker.logbook.models import EntryKind, Part
from tracker.logbook.words import KINDS, PARTS
from tracker.portfolio.queries import titles_of
from tracker.portfolio.words import EVENTS, READ_ME
from tracker.progress.words import on_day
from tracker.record.checkpoints import list_vkeys
from tracker.record.models import Checkpoint
from tracker.record.verifier import MOVES, SIGN_OFFS, parse_checkpoint, parse_note

COLUMNS = 8  # competencies side by side in a table of the matrix


@dataclass(frozen=True)
class Portfolio:
    """What the pages tell of: the holder, the seal, and what a bundle holds."""

    holder: Person
    checkpoint: Checkpoint
    bodies: Sequence[Mapping[str, Any]]
    entries: Sequence[Mapping[str, Any]]
    names: Mapping[UUID, str]

    @property
    def origin(self) -> str:
        """The name under which the record is signed."""
        return parse_checkpoint(parse_note(self.checkpoint.note)).origin


def read_me(pages: Portfolio, unsealed: int, kept_back: int) -> bytes:
    """The page of plain text that says what a bundle is and how to check it."""
    more = f"{unsealed} more events are recorded and not yet sealed: they are not in here." if unsealed else ""
    back = f"Kept back: {kept_back} events that are not the trainee's to read.\n" if kept_back else ""
    text = READ_ME.format(
        holder=pages.holder.name,
        line="=" * (len(pages.holder.name) + 34),
        events=len(pages.bodies),
        size=pages.checkpoint.size,
        origin=pages.origin,
        unsealed=more,
        kept_back=back,
        address=current_app.config["BASE_URL"],
        vkey=list_vkeys()[-1],
    )
    return text.encode()


def portfolio_pages(pages: Portfolio) -> bytes:
    """The record to read: a PDF made to PDF/UA-1, with an index, a matrix of evidence, and numbered pages."""
    import typst  # noqa: PLC0415 - it is heavy, and only a bundle needs it

    folder = resource("templates") / "portfolio"
    return typst.compile(
        str(folder / "portfolio.typ"),
        root=str(folder),
        sys_inputs={"portfolio": json.dumps(_facts(pages))},
        font_paths=[str(PACKAGE / "static" / "vendor" / "fonts")],
        ignore_system_fonts=True,
        pdf_standards="ua-1",
    )


def _facts(pages: Portfolio) -> dict[str, Any]:
    """What the pages show, as plain values; every text is shown as it is and never read as markup."""
    titles = titles_of({UUID(about) for body in pages.bodies if (about := body["facts"].get("competency"))})
    signed = list(_signed(pages, titles))
    return {
        "trainee": pages.holder.name,
        "origin": pages.origin,
        "size": pages.checkpoint.size,
        "root": pages.checkpoint.root.hex(),
        "sealed_on": on_day(pages.checkpoint.sealed_at.astimezone(zone()).date()),
        "signed": signed,
        "entries": [_entry(number, entry, titles) for number, entry in enumerate(pages.entries, 1)],
        "matrix": list(_matrix(pages, [line["code"] for line in signed])),
        "events": [_event(body, pages.names) for body in pages.bodies],
    }


def _signed(pages: Portfolio, titles: Mapping[UUID, tuple[str, str]]) -> Iterator[dict[str, Any]]:
    """Each claim with how it stands after its last event. Order: by code."""
    last: dict[str, Mapping[str, Any]] = {}
    signatures: dict[str, Mapping[str, Any]] = {}
    for body in pages.bodies:
        if body["kind"] in MOVES:
            last[body["facts"]["claim"]] = body
        if body["kind"] in SIGN_OFFS:
            signatures[body["facts"]["claim"]] = body
    lines = [_line(body, signatures.get(claim), pages.names, titles) for claim, body in last.items()]
    yield from sorted(lines, key=lambda line: str(line["code"]))


def _line(
    body: Mapping[str, Any],
    signature: Mapping[str, Any] | None,
    names: Mapping[UUID, str],
    titles: Mapping[UUID, tuple[str, str]],
) -> dict[str, Any]:
    facts = (signature or body)["facts"]
    about = facts.get("competency")
    code, title = titles.get(UUID(about), (facts["code"], "")) if about else ("", "")
    return {
        "code": facts.get("code", code),
        "title": title,
        "state": EVENTS[body["kind"]],
        "level": str(facts.get("level", "")) if signature else "",
        "by": names.get(UUID(signature["actor"]), "") if signature else "",
        "on": _day(signature["at"]) if signature else "",
        "seq": (signature or body)["seq"],
    }


def _matrix(pages: Portfolio, codes: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Which entry is evidence for which competency, some competencies at a time."""
    rests: dict[str, set[str]] = {code: set() for code in codes}
    for body in pages.bodies:
        if body["kind"] in MOVES and "code" in body["facts"]:
            rests.setdefault(body["facts"]["code"], set()).update(each["entry"] for each in body["facts"]["evidence"])
    for start in range(0, len(codes), COLUMNS):
        chosen = codes[start : start + COLUMNS]
        rows = [
            {"number": number, "marks": marks}
            for number, entry in enumerate(pages.entries, 1)
            if any(marks := ["x" if entry["entry"] in rests[code] else "" for code in chosen])
        ]
        if rows:
            yield {"codes": chosen, "rows": rows}


def _entry(number: int, entry: Mapping[str, Any], titles: Mapping[UUID, tuple[str, str]]) -> dict[str, Any]:
    codes = (titles[UUID(each)][0] for each in entry["competencies"] if UUID(each) in titles)
    told = {
        "What": KINDS[EntryKind(entry["kind"])],
        "Part": PARTS[Part(entry["part"])] if entry["part"] else "",
        "Competencies": ", ".join(sorted(codes)),
        "Place": entry["place"],
        "Equipment": entry["equipment"],
        "Times": str(entry["times"]),
        "Minutes": str(entry["minutes"] or ""),
        "Reflection": entry["reflection"],
        "Next": entry["action_plan"],
        "Assessment": entry["assessment"],
        "Assessor": entry["assessor"],
        "Files": ", ".join(f"files/{digest[:12]}…" for digest in entry["files"]),
    }
    on = on_day(date.fromisoformat(entry["performed_on"])) if entry["performed_on"] else ""
    lines = [{"name": name, "text": text} for name, text in told.items() if text]
    return {"number": number, "title": entry["title"], "on": on, "lines": lines}


def _event(body: Mapping[str, Any], names: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "seq": body["seq"],
        "on": _day(body["at"]),
        "what": EVENTS.get(body["kind"], body["kind"].replace("_", " ").capitalize()),
        "about": body["facts"].get("code", ""),
        "by": names.get(UUID(body["actor"]), "Somebody without an account"),
    }


def _day(at: str) -> str:
    """The day of an instant of the record, where the tracker runs."""
    return on_day(datetime.fromisoformat(at).astimezone(zone()).date())
