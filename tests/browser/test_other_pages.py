"""The pages that no other journey opens are as easy to read."""

from pathlib import Path

import sqlalchemy as sa

from tests.browser.reader import LEAD, SUPERVISOR, Reader
from tests.browser.site import Site
from tests.browser.test_versions import publish_second_version
from tests.make import make_grant
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.curricula.models import Curriculum


def lead_the_scheme(site: Site) -> None:
    """Make the training lead the scheme's lead as well."""
    with site.app.app_context():
        person_id = db.session.scalars(sa.select(Person.id).where(Person.email == LEAD)).one()
        curriculum_id = db.session.scalars(sa.select(Curriculum.id).where(Curriculum.code == "CT-SCHEME")).one()
        db.session.add(make_grant(person_id, Role.SCHEME_LEAD, curriculum_id=curriculum_id))
        db.session.commit()


def test_notices_and_the_account_can_be_read(reader: Reader) -> None:
    reader.sign_in(SUPERVISOR)
    for path in ("/notices", "/account", "/account/password", "/curricula"):
        reader.open(path)
        reader.look()


def test_a_scheme_lead_reads_a_mapping_and_the_plan_of_a_move(reader: Reader, site: Site, tmp_path: Path) -> None:
    lead_the_scheme(site)
    publish_second_version(site, tmp_path)
    reader.sign_in(LEAD)
    for page in ("mapping", "moving"):
        reader.open(f"/curricula/CT-SCHEME/{page}/1/2")
        reader.look()
