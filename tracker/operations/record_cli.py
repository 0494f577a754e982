"""The commands of the record that need more than the record, and those of the notary."""

import click
from flask import current_app
from flask.cli import AppGroup

from tracker.accounts.queries import find_person
from tracker.core.db import begin_write, db
from tracker.core.errors import NotFound, Refused
from tracker.enrolments.queries import list_own_enrolments
from tracker.operations import erasing, rebuilding, sealing
from tracker.record import keys
from tracker.record.adoption import adopt
from tracker.record.cli import record
from tracker.record.erasing import list_events_of, list_texts
from tracker.record.models import KeyEnd, NotaryKey

__all__ = ["notary", "record"]


@record.command("adopt")
@click.option("--reason", required=True, help="What happened; it goes on record.")
def adopt_command(reason: str) -> None:
    """Go on from the database as it is, when it is older than what was sealed and nothing has the rest."""
    event = adopt(reason)
    sealing.seal_in_worker()
    click.echo(f"Event {event.seq} says what was given up and why. What was sealed before is kept beside its copy.")


@record.command("rebuild")
@click.option("--all", "everything", is_flag=True, help="Work out what follows from every event, not only lost ones.")
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def rebuild_command(*, everything: bool, dry_run: bool) -> None:
    """Put back the events that an old backup lacks, and what follows from them. Texts cannot be put back."""
    done = rebuilding.rebuild(everything=everything)
    for problem in done.problems:
        click.echo(problem, err=True)
    if dry_run:
        db.session.rollback()
        click.echo(f"{done.events} events would be put back, for {done.enrolments} trainings. Nothing was done.")
        return
    click.echo(f"{done.events} events were put back, for {done.enrolments} trainings.")
    db.session.commit()
    rebuilding.finish()


@record.command("erase")
@click.option("--event", "events", type=int, multiple=True, help="The number of an event; again for another.")
@click.option("--person", "email", help="An address: all that this person wrote, or that is about their training.")
@click.option("--dry-run", is_flag=True, help="Say what would be erased, and erase nothing.")
@click.option("--yes", is_flag=True, help="Do not ask.")
def erase_command(*, events: tuple[int, ...], email: str | None, dry_run: bool, yes: bool) -> None:
    """Erase for good what was written with decisions; the decisions stand, and the record still verifies."""
    seqs = sorted({*events, *(_events_of(email) if email else [])})
    texts = list_texts(seqs)
    for seq, field in texts:
        click.echo(f"Event {seq}: {field}")
    if dry_run or not (yes or click.confirm(f"Erase these {len(texts)} texts? Nobody can bring them back.")):
        click.echo("Nothing was erased.")
        return
    begin_write()
    event = erasing.erase(seqs)
    click.echo(f"{len(texts)} texts were erased; event {event.seq} says so.")
    db.session.commit()
    if not erasing.scrub():
        click.echo("The database's own files may still hold them for a while: see the operator's guide.", err=True)


def _events_of(email: str) -> list[int]:
    person = find_person(email)
    if person is None:
        raise NotFound(f"Nobody has the address {email}.")
    return list_events_of(person.id, [enrolment.id for enrolment in list_own_enrolments(person)])


@click.group(cls=AppGroup, invoke_without_command=True)
@click.option("--once", is_flag=True, help="Seal what there is now, and stop.")
@click.pass_context
def notary(context: click.Context, *, once: bool) -> None:
    """Seal the record in a process of its own until told to stop (needs TRACKER_NOTARY=own)."""
    if context.invoked_subcommand is None:
        context.invoke(run_command, once=once)


@notary.command("run", hidden=True)
@click.option("--once", is_flag=True)
def run_command(*, once: bool) -> None:
    """Seal the record until told to stop."""
    if current_app.config["NOTARY"] != "own":
        raise Refused("The worker seals the record: set TRACKER_NOTARY=own, for the worker too, to do it here.")
    sealing.run(once=once)


@notary.command("rotate")
def rotate_command() -> None:
    """Give the notary a new key, which the old one vouches for. Old bundles stay valid."""
    _say_new(keys.change_key(KeyEnd.ROTATED))


@notary.command("revoke")
@click.confirmation_option(prompt="Everybody who checks bundles must be given the new key. Revoke the present one?")
def revoke_command() -> None:
    """Give the notary a new key because the old one was lost, or somebody else may have it."""
    _say_new(keys.change_key(KeyEnd.REVOKED))


def _say_new(key: NotaryKey) -> None:
    click.echo(f"From event {key.after_size + 1} on, this key signs. Tell those who check bundles:")
    click.echo(key.vkey)
