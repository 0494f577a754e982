"""The commands of curricula."""

import json
from pathlib import Path
from typing import BinaryIO

import click
from flask.cli import AppGroup

from tracker.core.clock import now
from tracker.core.db import begin_write, db
from tracker.core.errors import NotFound
from tracker.curricula import actions, queries
from tracker.curricula.document import Document
from tracker.curricula.exporter import losses, write_curriculum
from tracker.curricula.formats import Format
from tracker.curricula.importer import read_curriculum
from tracker.curricula.models import Version
from tracker.curricula.workbook_writer import write_template

curriculum = AppGroup("curriculum", help="Check, import, list and export curricula.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@curriculum.command("check")
@click.argument("file", type=FILE)
def check_command(file: Path) -> None:
    """Read a curriculum FILE and list everything that is wrong with it. Nothing is kept.

    FILE is the tracker's own YAML, a CASE package, a Moodle competency framework or our spreadsheet: which one is
    found by looking into it; docs/curriculum-formats.md says more. Each problem is one line on the error stream: file,
    row, what is wrong, how to mend it. Exits with 1 when there is any.
    """
    document = _read(file, "")
    click.echo(f"{file.name} has no problems: {_summary(document)}.")


def _read(file: Path, code: str) -> Document:
    """The curriculum in a file; what had to be assumed is told on the error stream."""
    imported = read_curriculum(file.name, file.read_bytes(), code)
    for sentence in imported.assumed:
        click.echo(f"Assumed: {sentence}", err=True)
    return imported.document


def _summary(document: Document) -> str:
    sections = list(document.every_section())
    competencies = sum(len(section.competencies) for section in sections)
    modules = sum(len(section.modules) for section in sections)
    return (
        f"{document.code}, {document.title}: {len(sections)} sections, {competencies} competencies, {modules} modules"
    )


@curriculum.command("import")
@click.argument("file", type=FILE)
@click.option("--code", default="", help="Keep it under this code instead of the one in the file.")
@click.option("--publish", is_flag=True, help="Publish the version, so that trainees can be enrolled on it.")
def import_command(file: Path, code: str, publish: bool) -> None:
    """Keep the curriculum in FILE, of any format that check reads, as the next version of its code.

    A file that the newest version already holds changes nothing. With any problem, nothing is kept: each is one line
    on the error stream, as with check.
    """
    document = _read(file, code)
    begin_write()
    before = queries.find_newest(document.code)
    version = actions.import_document(document, publish)
    news = "holds this file already" if before and before.id == version.id else "is imported"
    line = f"{_reference(version)} {news}, {version.status}."
    db.session.commit()
    click.echo(line)


@curriculum.command("list")
@click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to write it."
)
def list_command(form: str) -> None:
    """List every version of every curriculum, drafts and withdrawn ones too."""
    versions = queries.list_versions()
    if form == "json":
        click.echo(json.dumps([_as_json(version) for version in versions], ensure_ascii=False, indent=2))
        return
    width = max((len(_reference(version)) for version in versions), default=0)
    for version in versions:
        click.echo(f"{_reference(version):<{width}}  {version.status:<9}  {version.title}")


def _as_json(version: Version) -> dict[str, str | int | None]:
    return {
        "code": version.curriculum.code,
        "number": version.number,
        "title": version.title,
        "status": version.status.value,
        "published_at": version.published_at.isoformat() if version.published_at else None,
        "digest": version.digest,
    }


def _reference(version: Version) -> str:
    return f"{version.curriculum.code}@{version.number}"


@curriculum.command("export")
@click.argument("reference", metavar="CODE[@N]")
@click.option(
    "--format",
    "form",
    type=click.Choice([*map(str, Format)]),
    required=True,
    help="tracker: our own YAML. case: 1EdTech CASE. moodle: a Moodle competency framework. xlsx: our spreadsheet.",
)
@click.option(
    "--case-version", type=click.Choice(["1.0", "1.1"]), default="1.1", show_default=True, help="With --format case."
)
@click.option("-o", "--output", type=click.File("wb", lazy=True), required=True, help="- is the terminal.")
def export_command(reference: str, form: str, case_version: str, output: BinaryIO) -> None:
    """Write a version to a file: CODE@2 is version 2, CODE alone the newest published one.

    In our own format, and in the spreadsheet, importing the file again changes nothing. What another format cannot
    carry is listed on the error stream.
    """
    try:
        code, number = queries.parse_reference(reference)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="CODE[@N]") from error
    version = _found(code, number)
    document = queries.build_document(version)
    changed_at = version.published_at or version.created_at
    raw = write_curriculum(document, Format(form), changed_at, extended=case_version == "1.1")
    output.write(raw)
    if form != Format.TRACKER:
        _tell_losses(document, Format(form), raw)
    if form == Format.CASE and case_version == "1.1":
        bare = write_curriculum(document, Format(form), changed_at, extended=False)
        kept = "; ".join(losses(document, bare))
        click.echo(f"CASE has no fields for: {kept or 'nothing more'}. They are in extensions.", err=True)


def _tell_losses(document: Document, form: Format, raw: bytes) -> None:
    titles = {Format.CASE: "CASE", Format.MOODLE: "Moodle", Format.XLSX: "The spreadsheet"}
    lost = losses(document, raw)
    if lost:
        click.echo(f"{titles[form]} cannot carry: {'; '.join(lost)}.", err=True)


@curriculum.command("template")
@click.option("-o", "--output", type=click.File("wb", lazy=True), required=True, help="The .xlsx file to write.")
def template_command(output: BinaryIO) -> None:
    """Write an empty spreadsheet for a curriculum, with a hint in each column and an example in each sheet.

    Fill it in, then read it with check and import. Rows with hint or example in their first column are not read.
    """
    output.write(write_template(now()))


def _found(code: str, number: int | None) -> Version:
    version = queries.find_version(code, number)
    if version is None:
        wanted = f"{code} has no published version" if number is None else f"There is no version {number} of {code}"
        raise NotFound(f"{wanted}. See what there is: tracker curriculum list.")
    return version
