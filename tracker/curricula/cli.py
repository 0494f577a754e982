"""The commands of curricula."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click
from flask.cli import AppGroup

from tracker.core.db import begin_write, db
from tracker.core.errors import BadInput, NotFound, TrackerError
from tracker.curricula import actions, queries
from tracker.curricula.document import Document
from tracker.curricula.exporter import write_yaml
from tracker.curricula.importer import read_document
from tracker.curricula.models import Version

curriculum = AppGroup("curriculum", help="Check, import, list and export curricula.")
FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


@contextmanager
def _said() -> Iterator[None]:
    """Say no on the error stream, one problem a line, and exit with 1."""
    try:
        yield
    except BadInput as error:
        for problem in error.problems:
            click.echo(str(problem), err=True)
        raise click.exceptions.Exit(1) from error
    except TrackerError as error:
        click.echo(error.sentence, err=True)
        raise click.exceptions.Exit(1) from error


@curriculum.command("check")
@click.argument("file", type=FILE)
def check_command(file: Path) -> None:
    """Read a curriculum FILE and list everything that is wrong with it. Nothing is kept.

    FILE is YAML in the tracker's own format; docs/curriculum.schema.json describes it. Each problem is one line on
    the error stream: file, row, what is wrong, how to mend it. Exits with 1 when there is any.
    """
    with _said():
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
    with _said():
        document = read_document(file.name, file.read_bytes(), code)
        begin_write()
        before = queries.find_newest(document.code)
        version = actions.import_document(document, publish)
        news = "holds this file already" if before and before.id == version.id else "imported"
        line = f"{_reference(version)} {news}; it is {version.status}."
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
    "-o", "--output", type=click.Path(dir_okay=False, writable=True, allow_dash=True, path_type=Path), required=True
)
def export_command(reference: str, form: str, output: Path) -> None:
    """Write a version to a file: CODE@2 is version 2, CODE alone the newest published one.

    In our own format, importing the file again changes nothing. `-o -` writes to the terminal.
    """
    try:
        code, number = queries.parse_reference(reference)
    except ValueError as error:
        raise click.BadParameter(str(error), param_hint="CODE[@N]") from error
    with _said():
        text = {"tracker": write_yaml}[form](queries.build_document(_found(code, number)))
    if str(output) == "-":
        click.echo(text, nl=False)
    else:
        output.write_text(text, encoding="utf-8", newline="\n")
        click.echo(f"{reference} is in {output}.")


def _found(code: str, number: int | None) -> Version:
    version = queries.find_version(code, number)
    if version is None:
        wanted = f"{code} has no published version" if number is None else f"There is no version {number} of {code}"
        raise NotFound(f"{wanted}. See what there is: tracker curriculum list.")
    return version
