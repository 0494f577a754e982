"""The commands about people in training."""

from pathlib import Path

import click
from flask.cli import AppGroup

from tracker.core.db import begin_write, db
from tracker.enrolments.people_import import import_people
from tracker.operations.moving import rebuild_each

people = AppGroup("people", help="Bring trainees, supervisors, leads and others into the tracker.")


@people.command("import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_command(file: Path) -> None:
    """Import persons, centres, enrolments and supervision from a CSV file.

    The columns are email, given_name, family_name, role, centre, curriculum, areas (with ; between several), starts_on,
    working_fraction and supervisor_email. Importing a file twice changes nothing; a changed row changes just that.
    """
    content = file.read_bytes()
    begin_write()
    changes = import_people(content, file.name)
    rebuild_each(changes.restarted)
    db.session.commit()
    click.echo(str(changes))
