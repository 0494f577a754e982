"""Keeping a copy, putting it back, and asking whether all is well."""

from pathlib import Path

import click
from flask.cli import with_appcontext

from tracker.core.db import db
from tracker.evidence import sweeping
from tracker.operations import doctor as looking
from tracker.operations.backup import back_up, said
from tracker.operations.restore import restore as put_back
from tracker.record import verify

FILE = click.argument("file", type=click.Path(path_type=Path, dir_okay=False))


@click.command()
@FILE
@with_appcontext
def backup(file: Path) -> None:
    """Keep the database and the evidence in one new FILE, while people go on working.

    The secret key and the notary's key are not in it: keep them apart. Exit 1 when evidence is missing.
    """
    kept = back_up(file)
    newest = kept.moment
    click.echo(f"Kept {file}: the newest event is {newest.newest_event}{said(newest.recorded_at)}; {kept.files} files.")
    for digest in kept.lost:
        click.echo(f"A row names the file {digest}, which is gone.", err=True)
    if kept.lost:
        raise click.exceptions.Exit(1)


@click.command()
@FILE
@with_appcontext
def restore(file: Path) -> None:
    """Put a backup back into an empty database and folder, after every part of it was checked."""
    kept = put_back(file)
    newest = kept.moment
    click.echo(f"Restored {kept.files} files. The newest event is {newest.newest_event}{said(newest.recorded_at)}.")
    click.echo("What was recorded after it is not here. If the tracker ran on since, it says so when it starts.")
    faults = list(verify.faults())
    for fault in faults:
        click.echo(f"Event {fault.seq} {fault.what}", err=True)
    db.session.rollback()
    if faults:
        raise click.exceptions.Exit(1)
    click.echo("The record verifies. Run tracker init, then start the tracker.")


@click.command()
@click.option("--sweep", is_flag=True, help="Delete files of more than a day ago that no row names.")
@with_appcontext
def doctor(*, sweep: bool) -> None:
    """Say, a line each, what is well and what needs doing; exit 1 when something does."""
    if sweep:
        click.echo(f"Deleted {sweeping.sweep()} files that no row names.")
    found = list(looking.findings())
    for finding in found:
        click.echo(str(finding))
    if any(finding.to_do for finding in found):
        raise click.exceptions.Exit(1)
