"""A published curriculum and those who work on its next version."""

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.curricula import GOOD
from tests.drafts import person
from tests.make import make_centre
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.curricula.actions import import_document
from tracker.curricula.importer import read_document
from tracker.curricula.models import Version


@pytest.fixture
def published(app: Flask) -> Version:
    """A published first version that uses every field."""
    version = import_document(read_document("f.yaml", GOOD.encode()), publish=True)
    db.session.commit()
    return version


@pytest.fixture
def scheme_lead(published: Version) -> Person:
    return person("schema", Role.SCHEME_LEAD, curriculum_id=published.curriculum_id)


@pytest.fixture
def training_lead(published: Version) -> Person:
    centre = make_centre()
    db.session.add(centre)
    db.session.flush()
    return person("lena", Role.TRAINING_LEAD, centre_id=centre.id)


@pytest.fixture
def editor(client: FlaskClient, training_lead: Person) -> FlaskClient:
    """A training lead who has made a draft from the first version."""
    sign_in(client, training_lead)
    assert client.post("/curricula/NURSE-1/1/draft").status_code == 302
    return client
