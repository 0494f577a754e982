"""The commands that print where everybody stands: the same numbers as the pages."""

import csv
import io
import json
from collections.abc import Iterable, Sequence
from typing import Any

import click
import sqlalchemy as sa
from flask.cli import AppGroup

from tracker.accounts.models import Person
from tracker.accounts.queries import find_person
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.enrolments.models import Centre
from tracker.enrolments.queries import list_own_enrolments
from tracker.reports import cohort as cohorts
from tracker.reports.progress import Report, report_on
from tracker.reports.queue import queue_of

report = AppGroup("report", help="Print where a trainee, a cohort or a queue stands.")
as_format = click.option("--format", "form", type=click.Choice(["text", "json", "csv"]), default="text")
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r")


@report.command("progress")
@click.argument("email")
@as_format
def progress_command(email: str, form: str) -> None:
    """Print the progress of a trainee, one enrolment after another."""
    person = _person(email)
    reports = [report_on(enrolment, today()) for enrolment in list_own_enrolments(person)]
    if not reports:
        raise NotFound(f"{email} is not enrolled on any curriculum.")
    if form == "json":
        _print_json({"trainee": person.name, "email": person.email, "enrolments": [_facts(each) for each in reports]})
    elif form == "csv":
        rows = ((each.curriculum, *_cells(line)) for each in reports for _, lines in each.lines for line in lines)
        _print_csv(["curriculum", "code", "title", "stage", "sentence"], rows)
    else:
        for each in reports:
            _print_report(each)


def _facts(each: Report) -> dict[str, Any]:
    return {
        "curriculum": each.curriculum,
        "centre": each.centre,
        "starts_on": each.starts_on.isoformat(),
        "planned_end_on": each.planned_end_on.isoformat(),
        "month": each.month,
        "supervisors": list(each.supervisors),
        "done": each.done,
        "waiting": len(each.waiting),
        "total": each.total,
        "expected": each.expected,
        "credits": each.credits,
        "credits_total": each.credits_total,
        "sections": [
            {"code": s.section.code, "title": s.section.title, "done": s.done, "waiting": s.waiting, "total": s.total}
            for s in each.sections
        ],
        "percent": each.percent,
        "milestones": [
            {
                "code": m.code,
                "title": m.title,
                "due_on": m.due_on.isoformat(),
                "state": m.word.lower(),
                "missing": list(m.missing),
            }
            for m in each.milestones
        ],
        "requirements": [
            dict(zip(("code", "title", "stage", "sentence"), _cells(line), strict=True))
            for _, lines in each.lines
            for line in lines
        ],
        "next": [{"code": line.code, "sentence": line.sentence} for line in each.steps],
    }


def _cells(line: Any) -> tuple[str, str, str, str]:
    return line.code, line.title, line.stage.value, line.sentence


def _print_report(each: Report) -> None:
    click.echo(f"{each.trainee}, {each.curriculum}, {each.centre}")
    click.echo(f"{each.done} of {each.total} done, {len(each.waiting)} waiting, {each.expected} expected by now.")
    if each.credits_total:
        click.echo(f"{each.credits} of {each.credits_total} credits.")
    for section in each.sections:
        click.echo(f"{'  ' * (section.section.depth + 1)}{section.section.title}: {section.sentence}")
    for milestone in each.milestones:
        said = " ".join(milestone.missing)
        click.echo(
            f"{milestone.title}, due {milestone.due_on.isoformat()}: {' '.join([f'{milestone.word}.', said]).strip()}"
        )
    click.echo("Next:")
    for line in each.steps:
        click.echo(f"  {line.code} {line.title.rstrip('.')}: {line.sentence}")


@report.command("cohort")
@click.argument("centre")
@click.option("--curriculum", default="", help="The code of one curriculum; all, when left out.")
@as_format
def cohort_command(centre: str, curriculum: str, form: str) -> None:
    """Print where the trainees of a centre stand, by section."""
    found = db.session.scalar(sa.select(Centre).where(sa.func.lower(Centre.name) == centre.lower()))
    if found is None:
        raise NotFound(f"There is no centre “{centre}”. Write its name as in the file of people.")
    enrolment_ids = cohorts.all_in(found)
    codes = [curriculum] if curriculum else [code for code, _ in cohorts.curricula_of(enrolment_ids)]
    all_of_them = {code: cohorts.cohort_of(found, enrolment_ids, code) for code in codes}
    if form == "json":
        facts = [_cohort_facts(code, cohort) for code, cohort in all_of_them.items()]
        _print_json({"centre": found.name, "curricula": facts})
    elif form == "csv":
        heading = ["curriculum", "trainee", "starts_on", "section", "done", "waiting", "total"]
        _print_csv(heading, (row for code, cohort in all_of_them.items() for row in _cohort_rows(code, cohort)))
    else:
        for cohort in all_of_them.values():
            _print_cohort(cohort)


def _cohort_facts(code: str, cohort: cohorts.Cohort) -> dict[str, Any]:
    codes = [section for section, _ in cohort.columns]
    return {
        "code": code,
        "title": cohort.curriculum,
        "sections": [{"code": section, "title": title} for section, title in cohort.columns],
        "trainees": [
            {
                "trainee": row.trainee,
                "starts_on": row.starts_on.isoformat(),
                "areas": list(row.areas),
                **_numbers(row.whole),
                "credits": row.credits,
                "sections": {
                    section: _numbers(cell) for section, cell in zip(codes, row.cells, strict=True) if cell.total
                },
            }
            for row in cohort.rows
        ],
    }


def _numbers(cell: cohorts.Cell) -> dict[str, int]:
    return {"done": cell.done, "waiting": cell.waiting, "total": cell.total}


def _cohort_rows(code: str, cohort: cohorts.Cohort) -> Iterable[Sequence[Any]]:
    for row in cohort.rows:
        for (section, _), cell in zip(cohort.columns, row.cells, strict=True):
            if cell.total:
                yield code, row.trainee, row.starts_on.isoformat(), section, cell.done, cell.waiting, cell.total


def _print_cohort(cohort: cohorts.Cohort) -> None:
    click.echo(f"{cohort.centre}, {cohort.curriculum}: {len(cohort.rows)} trainees")
    for row in cohort.rows:
        cells = (
            f"{code} {cell.done}/{cell.total}" + (f" ({cell.waiting} wait)" if cell.waiting else "")
            for (code, _), cell in zip(cohort.columns, row.cells, strict=True)
            if cell.total
        )
        click.echo(f"  {row.trainee}, {row.starts_on:%b %Y}: {row.whole.done}/{row.whole.total}; {', '.join(cells)}")


@report.command("queue")
@click.argument("email")
@as_format
def queue_command(email: str, form: str) -> None:
    """Print what waits for a supervisor, oldest first."""
    waiting = queue_of(_person(email), today())
    rows = [(each.trainee, each.code, each.title, each.since.isoformat(), each.days) for each in waiting]
    heading = ["trainee", "code", "title", "since", "days"]
    if form == "json":
        _print_json([dict(zip(heading, row, strict=True)) for row in rows])
    elif form == "csv":
        _print_csv(heading, rows)
    else:
        for trainee, code, title, since, days in rows:
            click.echo(f"{code} {title}: {trainee}, since {since} ({days} days)")
        click.echo(f"{len(rows)} waiting.")


def _person(email: str) -> Person:
    person = find_person(email)
    if person is None:
        raise NotFound(f"Nobody has the address {email}.")
    return person


def _print_json(value: Any) -> None:
    click.echo(json.dumps(value, ensure_ascii=False, indent=2))


def _print_csv(heading: Sequence[str], rows: Iterable[Sequence[Any]]) -> None:
    """Rows that a spreadsheet shows and never runs: a text that would start a formula gets an apostrophe."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heading)
    writer.writerows([_safe(cell) for cell in row] for row in rows)
    click.echo(out.getvalue(), nl=False)


def _safe(cell: Any) -> Any:
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA_STARTS) else cell
