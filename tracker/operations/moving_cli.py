"""The commands of curricula, with the one that moves trainees from one version to another."""

import json
from collections.abc import Callable, Iterable, Iterator
from typing import Any
from uuid import UUID

import click
from sqlalchemy.exc import OperationalError

from tracker.accounts.models import Person
from tracker.accounts.queries import find_person
from tracker.core.clock import today
from tracker.core.db import begin_write, db
from tracker.core.errors import NotFound, Refused
from tracker.curricula.cli import curriculum
from tracker.curricula.permissions import leads_scheme
from tracker.curricula.version_cli import FORM, REFERENCE, found
from tracker.operations import moving
from tracker.operations.moving_plan import Fate, Plan, Route, called, route_between

__all__ = ["curriculum"]
Told = dict[str, Any]  # what is said of one trainee
BUSY = "Somebody was writing for this trainee at the same moment: run the command again."
HEADINGS = {
    Fate.CARRIES: "carries over",
    Fate.CONFIRM: "to be confirmed by a supervisor",
    Fate.UNMET: "unmet",
    Fate.LEFT: "no longer asked for",
}


@curriculum.command("move")
@click.option("--from", "old", type=REFERENCE, metavar="A@1", help="The version they follow.")
@click.option("--to", "new", type=REFERENCE, metavar="A@2", help="The version they are to follow.")
@click.argument("enrolments", nargs=-1, metavar="[ENROLMENT...]")
@click.option("--dry-run", is_flag=True, help="Say what would happen, and change nothing.")
@click.option("--undo", is_flag=True, help="Take back the last move of each ENROLMENT, without --from and --to.")
@click.option("--by", default="", metavar="EMAIL", help="The scheme lead who decided it; else the operator did.")
@FORM
def move_command(**asked: Any) -> None:
    """Move trainees from one version of a curriculum to another.

    ENROLMENT is a trainee's address or the id of an enrolment; without any, it is everybody on the version. Says for
    each trainee what carries over, what a supervisor has to confirm, and what becomes unmet and why. Each is moved on
    their own; one who cannot be is named on the error stream, and then the command exits with 1.

    A move can be taken back until the next thing is put on record for the trainee.
    """
    ends = [asked[name] for name in ("old", "new") if asked[name]]
    if len(ends) != (0 if asked["undo"] else 2) or (asked["undo"] and not asked["enrolments"]):
        raise click.UsageError("Give --from and --to, or --undo with each ENROLMENT.")
    told = _undo(asked) if asked["undo"] else _move(asked)
    if not asked["dry_run"] and any(each["refused"] for each in told):
        raise click.exceptions.Exit(1)


def _move(asked: dict[str, Any]) -> list[Told]:
    before, by = found(asked["old"]), asked["by"]
    route, curriculum_id = route_between(before, found(asked["new"])), before.curriculum_id
    ids = moving.list_on(before, asked["enrolments"])

    def move(enrolment_id: UUID) -> Told:
        return _told(moving.move(_by(by, curriculum_id), enrolment_id, route), route)

    if asked["dry_run"]:
        told = [_told(moving.plan(enrolment_id, route), route) for enrolment_id in ids]
    else:
        told = list(_one_by_one(ids, move))
    _say(told, asked["form"], _move_lines)
    return told


def _undo(asked: dict[str, Any]) -> list[Told]:
    if asked["dry_run"]:
        raise click.UsageError("There is no dry run of --undo: it brings back what was.")
    curricula, by = moving.list_moved(asked["enrolments"]), asked["by"]

    def undo(enrolment_id: UUID) -> Told:
        old = moving.undo(_by(by, curricula[enrolment_id]), enrolment_id)
        return {"enrolment": str(enrolment_id), "to": called(old), "refused": None}

    told = list(_one_by_one(curricula, undo))
    _say(told, asked["form"], lambda each: [f"{each['enrolment']} follows {each['to']} again."])
    return told


def _by(address: str, curriculum_id: UUID) -> Person | None:
    """The scheme lead of that address. Raises NotFound, Refused."""
    if not address:
        return None
    person = find_person(address)
    if person is None:
        raise NotFound(f"Nobody here has the address {address}.")
    db.session.refresh(person, ["grants"])
    if not leads_scheme(person, curriculum_id, today()):
        raise Refused(f"{person.name} is not a scheme lead of this curriculum today.")
    return person


def _one_by_one(ids: Iterable[UUID], act: Callable[[UUID], Told]) -> Iterator[Told]:
    """Act on each enrolment in a transaction of its own; a refusal undoes that one alone."""
    for enrolment_id in ids:
        begin_write()
        try:
            told = act(enrolment_id)
        except Refused as no:
            db.session.rollback()
            told = {"enrolment": str(enrolment_id), "refused": no.sentence}
        except OperationalError:  # Two transactions waited for each other, and the database ended this one.
            db.session.rollback()
            told = {"enrolment": str(enrolment_id), "refused": BUSY}
        else:
            db.session.commit()
        yield told


def _told(plan: Plan, route: Route) -> Told:
    return {
        "enrolment": str(plan.enrolment_id),
        "trainee": plan.email,
        "name": plan.name,
        "from": route.old.name,
        "to": route.new.name,
        "refused": plan.why_not,
        "counts": plan.counts,
        "requirements": [
            {
                "fate": line.fate.value,
                "code": line.code,
                "from_codes": list(line.from_codes),
                "done": line.done,
                "sentence": line.sentence,
            }
            for line in plan.lines
        ],
    }


def _say(told: list[Told], form: str, lines: Callable[[Told], list[str]]) -> None:
    """Write what is said of each trainee, and who was refused on the error stream."""
    if form == "json":
        click.echo(json.dumps(told, ensure_ascii=False, indent=2))
    for each in told:
        if each["refused"]:
            click.echo(f"{each.get('trainee', each['enrolment'])}: {each['refused']}", err=True)
        elif form == "text":
            click.echo("\n".join(lines(each)))


def _move_lines(each: Told) -> list[str]:
    counts = each["counts"]
    said = [
        (
            f"{each['name']} ({each['trainee']}), {each['from']} to {each['to']}: {counts['carries']} carry over "
            f"({counts['done']} of them done), {counts['confirm']} to be confirmed, {counts['unmet']} unmet."
        )
    ]
    for fate, heading in HEADINGS.items():
        own = [line["sentence"] for line in each["requirements"] if line["fate"] == fate]
        said += [f"  {heading}:", *(f"    {sentence}" for sentence in own)] if own else []
    return said
