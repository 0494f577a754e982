"""The commands about versions of a curriculum side by side: what changed, the mapping, withdrawing one."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from tracker.core.db import begin_write, db
from tracker.core.errors import NotFound
from tracker.curricula import actions, queries
from tracker.curricula.cli import FILE, curriculum
from tracker.curricula.diff import Change, Diff, Rewording, RunKind
from tracker.curricula.mapping_actions import keep_mapping
from tracker.curricula.mapping_file import read_pairs
from tracker.curricula.mapping_queries import diff_of
from tracker.curricula.models import Version

FORM = click.option(
    "--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True, help="How to write it."
)
MARKS = {RunKind.KEPT: "{}", RunKind.ADDED: "{{+{}+}}", RunKind.REMOVED: "[-{}-]"}


class Reference(click.ParamType[tuple[str, int | None]]):
    """A version by its name, such as CODE@2."""

    name = "CODE@N"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, int | None]:
        try:
            return queries.parse_reference(value)
        except ValueError as error:
            self.fail(str(error), param, ctx)


REFERENCE = Reference()


def found(reference: tuple[str, int | None]) -> Version:
    """The version of that name; a code alone is the newest published one. Raises NotFound."""
    code, number = reference
    version = queries.find_version(code, number)
    if version is None:
        wanted = f"{code} has no published version" if number is None else f"There is no version {number} of {code}"
        raise NotFound(f"{wanted}. See what there is: tracker curriculum list.")
    return version


def named(version: Version) -> str:
    """A version as commands name it."""
    return f"{version.curriculum.code}@{version.number}"


@curriculum.command("diff")
@click.argument("old", type=REFERENCE, metavar="A@1")
@click.argument("new", type=REFERENCE, metavar="A@2")
@FORM
def diff_command(old: tuple[str, int | None], new: tuple[str, int | None], form: str) -> None:
    """Say what changed from one version to another, by codes and the mapping between them.

    Added, removed, reworded (words marked {+so+} and [-so-]), re-ruled, split, merged, moved, re-planned.
    """
    before, after = found(old), found(new)
    diff = diff_of(before, after)
    if form == "json":
        click.echo(json.dumps(_as_json(named(before), named(after), diff), ensure_ascii=False, indent=2))
        return
    click.echo("\n".join(_lines(diff)) or f"{named(before)} and {named(after)} ask the same in the same words.")


def _lines(diff: Diff) -> list[str]:
    lines = [line for change in (*diff.requirements, *diff.sections) for line in _change_lines(change)]
    return [*lines, *diff.others]


def _change_lines(change: Change) -> list[str]:
    codes = ", ".join(dict.fromkeys((*change.old_codes, *change.new_codes)))
    texts = [f"    {each.what}: {_marked(each)}" for each in change.rewordings]
    return [f"{', '.join(change.kinds)}: {codes} {change.title}", *(f"    {said}" for said in change.sentences), *texts]


def _marked(rewording: Rewording) -> str:
    return "".join(MARKS[run.kind].format(run.text) for run in rewording.runs)


def _as_json(old: str, new: str, diff: Diff) -> dict[str, Any]:
    changes = {"requirements": diff.requirements, "sections": diff.sections}
    return (
        {"from": old, "to": new}
        | {name: [asdict(change) for change in each] for name, each in changes.items()}
        | {"others": list(diff.others)}
    )


@curriculum.command("map")
@click.argument("old", type=REFERENCE, metavar="A@1")
@click.argument("new", type=REFERENCE, metavar="A@2")
@click.argument("file", type=FILE)
def map_command(old: tuple[str, int | None], new: tuple[str, int | None], file: Path) -> None:
    """Keep the mapping in FILE between two versions, instead of the one before.

    FILE is CSV with the columns from, to and kind, or YAML, a list of the same. The kind is same, split, merged or
    different (a code that was used again). Where there is no line, the same code is the same requirement. Between two
    curricula, or the areas of one version (A@1 twice), "same" says that a piece of work counts for both.
    """
    pairs = read_pairs(file.name, file.read_bytes())
    begin_write()
    before, after = found(old), found(new)
    keep_mapping(before, after, pairs, file.name)
    db.session.commit()
    click.echo(f"The mapping from {named(before)} to {named(after)} has {len(pairs)} lines.")


@curriculum.command("withdraw")
@click.argument("reference", type=REFERENCE, metavar="A@1")
def withdraw_command(reference: tuple[str, int | None]) -> None:
    """Let a published version take no new trainees. Those who are on it stay, and nothing else changes."""
    begin_write()
    version = found(reference)
    actions.withdraw_version(version)
    line = f"{named(version)} is withdrawn: nobody new can be enrolled on it."
    db.session.commit()
    click.echo(line)
