"""The commands of the record."""

import click
from flask.cli import AppGroup

from tracker.record import audit, checkpoints, queries, verify

record = AppGroup("record", help="Check the record of sign-offs and other decisions.")


@record.command("verify")
def verify_command() -> None:
    """Check every event, checkpoint and copy again; exit 1 and name the first bad one when something was changed."""
    found = list(verify.faults())
    for fault in found:
        click.echo(f"Event {fault.seq} {fault.what}", err=True)
    problems = list(audit.problems())
    for problem in problems:
        click.echo(problem, err=True)
    if found:
        first = min(fault.seq for fault in found)
        click.echo(f"The record does not verify: the first bad event is {first}.", err=True)
    if found or problems:
        raise click.exceptions.Exit(1)
    click.echo(f"The record verifies: {queries.head_seq()} events, each as it was written.")
    click.echo(f"{checkpoints.sealed_to()} of them are sealed, and the copies beside the database fit.")
