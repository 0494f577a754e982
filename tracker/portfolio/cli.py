"""The commands of a portfolio."""

from contextlib import suppress
from pathlib import Path

import click
from flask import current_app
from flask.cli import AppGroup

from tracker.accounts.queries import find_person
from tracker.core.db import db
from tracker.core.errors import NotFound, Refused
from tracker.portfolio import queries
from tracker.portfolio.bundle import make_bundle
from tracker.record import notary

portfolio = AppGroup("portfolio", help="Take a trainee's record away as one file that anybody can check.")


@portfolio.command("export")
@click.argument("email")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The zip to write."
)
def export_command(email: str, output: Path) -> None:
    """Write the sealed record of a trainee to a file."""
    _seal_here()
    holder = find_person(email)
    if holder is None:
        raise NotFound(f"Nobody has the address {email}.")
    bundle = make_bundle(holder)
    try:
        output.write_bytes(bundle)
    except OSError as error:
        raise Refused(f"{output} cannot be written: {error.strerror}.") from error
    sealed, unsealed = queries.count_events(holder)
    click.echo(f"{output}: {sealed} events, sealed.")
    if unsealed:
        click.echo(f"{unsealed} more are recorded, not yet sealed, and not in it.")


def _seal_here() -> None:
    """Seal what is new, unless that is for a process of its own: without a worker there is a bundle all the same."""
    if current_app.config["NOTARY"] == "worker":
        with suppress(Refused):  # Then what was sealed before is what can be taken away, and says so.
            notary.seal()
        db.session.rollback()
