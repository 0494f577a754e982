"""Accounts from the command line: how the first administrator comes in."""

import click
from flask.cli import AppGroup

from tracker.accounts import actions
from tracker.accounts.models import Role
from tracker.accounts.queries import find_person
from tracker.core.db import begin_write, db
from tracker.core.errors import NotFound

account = AppGroup("account", help="Make accounts and set passwords.")
ROLES_WITHOUT_SCOPE = [Role.ADMINISTRATOR.value, Role.AUDITOR.value]


@account.command()
@click.argument("email")
@click.argument("given_name")
@click.argument("family_name")
@click.option("--role", type=click.Choice(ROLES_WITHOUT_SCOPE), help="A role to give.")
@click.password_option()
def create(email: str, given_name: str, family_name: str, role: str | None, password: str) -> None:
    """Make an account with a password, and give it a role."""
    begin_write()
    person = actions.create_person(email, given_name, family_name)
    actions.set_password(person, password)
    if role:
        actions.grant(None, person, Role(role))
    db.session.commit()
    click.echo(f"{person.email} can sign in now.")


@account.command("password")
@click.argument("email")
@click.password_option()
def set_password(email: str, password: str) -> None:
    """Set the password of an account; its open sessions end."""
    begin_write()
    person = find_person(email)
    if person is None:
        raise NotFound(f"Nobody has the address {email}.")
    actions.set_password(person, password)
    db.session.commit()
    click.echo(f"The password of {email} is set.")
