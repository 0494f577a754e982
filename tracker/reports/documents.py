"""Reports on paper."""

import json
from dataclasses import asdict
from datetime import date

import typst

from tracker.core.places import PACKAGE, resource
from tracker.progress.words import on_day
from tracker.reports.progress import Report


def progress_page(report: Report, on: date) -> bytes:
    """A trainee's progress on one page: a PDF made to PDF/UA-1, with a tagged table and no font from this machine."""
    folder = resource("templates") / "reports"
    return typst.compile(
        str(folder / "progress.typ"),
        root=str(folder),
        sys_inputs={"report": json.dumps(_facts(report, on), default=str)},
        font_paths=[str(PACKAGE / "static" / "vendor" / "fonts")],
        ignore_system_fonts=True,
        pdf_standards="ua-1",
    )


def _facts(report: Report, on: date) -> dict[str, object]:
    """What the page shows, as plain values; every text is shown as it is and never read as markup."""
    return {
        "trainee": report.trainee,
        "centre": report.centre,
        "curriculum": report.curriculum,
        "supervisors": " or ".join(report.supervisors) or "nobody yet",
        "starts_on": on_day(report.starts_on),
        "planned_end_on": on_day(report.planned_end_on),
        "on": on_day(on),
        "month": report.month,
        "done": report.done,
        "total": report.total,
        "percent": report.percent,
        "expected": report.expected,
        "credits": report.credits,
        "credits_total": report.credits_total,
        "sections": [
            {"title": each.section.title, "depth": each.section.depth}
            | {name: value for name, value in asdict(each).items() if name in {"done", "waiting", "total"}}
            | {"percent": each.percent}
            for each in report.sections
            if each.section.depth == 0
        ],
        "milestones": [
            {"title": each.title, "due_on": on_day(each.due_on), "word": each.word, "missing": each.missing[:4]}
            for each in report.milestones
        ],
        "waiting": [{"code": line.code, "sentence": line.sentence} for line in report.waiting[:6]],
        "waiting_more": max(0, len(report.waiting) - 6),
        "steps": [{"code": line.code, "sentence": line.sentence} for line in report.steps],
    }
