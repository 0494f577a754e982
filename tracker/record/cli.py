"""The commands of the record."""

import click
from flask.cli import AppGroup

from tracker.record import queries, verify

record = AppGroup("record", help="Check the record of sign-offs and other decisions.")


@record.command("verify")
def verify_command() -> None:
    """Check every event again; exit 1 and name the first bad one when something was changed."""
    found = list(verify.faults())
    for fault in found:
        click.echo(f"Event {fault.seq} {fault.what}", err=True)
    if found:
        first = min(fault.seq for fault in found)
        click.echo(f"The record does not verify: the first bad event is {first}.", err=True)
        raise click.exceptions.Exit(1)
    click.echo(f"The record verifies: {queries.head_seq()} events, each as it was written.")
