"""The commands of curricula."""

import json
from pathlib import Path
from typing import TextIO

import click
from flask.cli import AppGroup

from tracker.core.db import begin_write, db
from tracker.core.errors import NotFound
from tracker.curricula import actions, queries
from tracker.curricula.document import Document
from tracker.curricula.exporter import write_yaml
from tracker.curricula.importer import read_document
from tracker.curricula.models import Version

curriculum = AppGroup("curriculum", help="Check, import, list and export curricula.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@curriculum.command("check")
@click.argument("file", type=FILE)
def check_command(file: Path) -> None:
    """Read a curriculum FILE and list everything that is wrong with it. Nothing is kept.

    FILE is YAML in the tracker's own format; docs/curriculum.schema.json describes it. Each problem is one line on
    the error stream: file, row, what is wrong, how to mend it. Exits with 1 when there is any.
    """
    document = read_document(file.name, file.read_bytes())
    click.echo(f"{file.name} has no problems: {_summary(document)}.")


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
    """Keep the curriculum in FILE as the next version of its code.

    A file that the newest version already holds changes nothing. With any problem, nothing is kept: each is one line
    on the error stream, as with check.
    """
    document = read_document(file.name, file.read_bytes(), code)
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
@click.option("--format", "form", type=click.Choice(["tracker"]), required=True, help="tracker: our own YAML.")
@click.option(
    "-o", "--output", type=click.File("w", encoding="utf-8", lazy=True), required=True, help="- is the terminal."
)
def export_command(reference: str, form: str, output: TextIO) -> None:
    """Write a version to a file: CODE@2 is version 2, CODE alone the newest published one.

    In our own format, importing the file again changes nothing.
    """
    try:
        code, number = queries.parse_reference(reference)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="CODE[@N]") from error
    text = {"tracker": write_yaml}[form](queries.build_document(_found(code, number)))
    output.write(text)


def _found(code: str, number: int | None) -> Version:
    version = queries.find_version(code, number)
    if version is None:
        wanted = f"{code} has no published version" if number is None else f"There is no version {number} of {code}"
        raise NotFound(f"{wanted}. See what there is: tracker curriculum list.")
    return version
