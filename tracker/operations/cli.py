"""The one entry point, `tracker`: every command of every package, and those that run the tracker."""

from importlib import import_module
from typing import Any

import click
from flask import Flask, current_app
from flask.cli import ScriptInfo, with_appcontext
from sqlalchemy.exc import ArgumentError, OperationalError, ProgrammingError

from tracker import create_app
from tracker.accounts.queries import find_person
from tracker.core.db import db
from tracker.core.errors import Refused, TrackerError
from tracker.operations import serving, setup, worker
from tracker.operations.demo_accounts import DEMO_ACCOUNTS, DEMO_PASSWORD
from tracker.record import guard

# The packages' own groups, imported when they are called: serving needs none of them.
GROUPS = {
    "account": "tracker.accounts.cli",
    "backup": "tracker.operations.keeping_cli",
    "bench": "tracker.operations.making_cli",
    "curriculum": "tracker.operations.moving_cli",
    "doctor": "tracker.operations.keeping_cli",
    "notary": "tracker.operations.record_cli",
    "people": "tracker.operations.people_cli",
    "population": "tracker.operations.making_cli",
    "portfolio": "tracker.portfolio.cli",
    "record": "tracker.operations.record_cli",
    "report": "tracker.reports.cli",
    "restore": "tracker.operations.keeping_cli",
}


class Commands(click.Group):
    """Commands that say no in sentences, a problem a line, and not in tracebacks."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return sorted([*super().list_commands(ctx), *GROUPS])

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in GROUPS:
            return super().get_command(ctx, cmd_name)
        command: click.Command = getattr(import_module(GROUPS[cmd_name]), cmd_name)
        return command

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except TrackerError as no:
            said = no.sentence
        except (OperationalError, ProgrammingError) as lost:
            said = f"The database does not answer, or has no tables yet ({type(lost.orig).__name__}): run tracker init."
        click.echo(said, err=True)
        raise click.exceptions.Exit(1)


class UnsafeSettings(click.ClickException):
    """The tracker does not start with these settings."""

    exit_code = 2

    def show(self, file: Any = None) -> None:
        click.echo(self.message, err=True, file=file)


def main() -> None:
    """What the script `tracker` calls."""
    commands.main(obj=script(), prog_name="tracker")


def script() -> ScriptInfo:
    """How a command gets its app: when it needs one, from the environment."""
    return ScriptInfo(create_app=_app, set_debug_flag=False)


@click.group(cls=Commands)
@click.version_option(package_name="training-tracker", message="%(version)s")
def commands() -> None:
    """Record the training of clinical technologists: competencies, modules, sign-off, progress."""


@commands.command()
@with_appcontext
def init() -> None:
    """Make the folders and bring the tables up to date; safe to run again."""
    for line in setup.set_up():
        click.echo(line)


@commands.command()
@click.option("--processes", type=click.IntRange(1, 64), default=2, show_default=True, help="How many serve pages.")
@click.option("--with-worker", is_flag=True, help="Run the worker beside it; when one ends, so does the other.")
@click.option("--load-demo", is_flag=True, help="Before that, set up and load the demo.")
@click.pass_obj
@with_appcontext
def serve(script: ScriptInfo, processes: int, *, with_worker: bool, load_demo: bool) -> None:
    """Serve the pages at HOST and PORT."""
    if load_demo:
        _load_demo()
    serving.refuse_port_in_use(current_app.config["HOST"], current_app.config["PORT"])
    if not setup.at_head():
        raise Refused("The tables are not those of this release: run tracker init.")
    if why := guard.look_again() or guard.why_blind():
        click.echo(why, err=True)
    db.session.remove()
    db.engine.dispose()  # each process connects for itself
    server = serving.Server(script.load_app(), processes)
    if with_worker:
        serving.together(server.run, worker.run)
    server.run()


@commands.command("worker")
@click.option("--once", is_flag=True, help="Stop when nothing more is due.")
@with_appcontext
def worker_command(*, once: bool) -> None:
    """Seal the record, deliver notices and mail until told to stop."""
    worker.run(once=once)


@commands.command()
@with_appcontext
def demo() -> None:
    """Set up and load the demo, unless it is there (needs TRACKER_DEMO=1)."""
    _load_demo()


def _load_demo() -> None:
    """Raises Refused outside demo mode."""
    if not current_app.config["DEMO"]:
        raise Refused("The demo's passwords are public: set TRACKER_DEMO=1 to say that this is a demo.")
    setup.set_up()
    if find_person(next(iter(DEMO_ACCOUNTS))) is None:
        import_module("tracker.operations.demo").load_demo()  # imported where it is needed: it is much
    db.session.rollback()
    click.echo("Sign in with one of these addresses and the password " + DEMO_PASSWORD + ":")
    for email, who in DEMO_ACCOUNTS.items():
        click.echo(f"  {email:<26} {who}")


def _app() -> Flask:
    try:
        return create_app()
    except ValueError as unsafe:
        raise UnsafeSettings(str(unsafe)) from unsafe
    except ArgumentError as unread:
        raise UnsafeSettings("DATABASE_URL cannot be read: set it to postgresql://USER@HOST/NAME.") from unread
