"""The commands of a portfolio."""

from pathlib import Path

import click
from flask.cli import AppGroup

from tracker.accounts.queries import find_person
from tracker.core.errors import NotFound, Refused
from tracker.portfolio import queries
from tracker.portfolio.bundle import make_bundle

portfolio = AppGroup("portfolio", help="Take a trainee's record away as one file that anybody can check.")


@portfolio.command("export")
@click.argument("email")
@click.option(
    "-o", "--output", type=click.Path(dir_okay=False, path_type=Path), required=True, help="The zip to write."
)
def export_command(email: str, output: Path) -> None:
    """Write the sealed record of a trainee to a file."""
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
