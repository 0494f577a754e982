"""Working on drafts of NURSE-1 in tests: people, pages and their forms, and what the draft holds."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.browsing import sign_in
from tests.make import make_grant, make_person
from tracker.accounts.models import Person, Role
from tracker.core.db import db
from tracker.curricula.document import Document
from tracker.curricula.models import Version
from tracker.curricula.queries import build_document, find_version

EDIT = "/curricula/NURSE-1/2/edit"


def person(name: str, role: Role | None, **scope: Any) -> Person:
    made = make_person(f"{name}@example.org", name.title())
    db.session.add(made)
    db.session.flush()
    if role is not None:
        db.session.add(make_grant(made.id, role, **scope))
    db.session.commit()
    return made


def as_(app: Flask, someone: Person) -> FlaskClient:
    client = app.test_client()
    sign_in(client, someone)
    return client


def draft(number: int = 2) -> Version:
    db.session.expire_all()
    found = find_version("NURSE-1", number)
    assert found is not None
    return found


def document(number: int = 2) -> Document:
    return build_document(draft(number))


def send(client: FlaskClient, address: str, /, **changed: Any) -> TestResponse:
    """Send the form of a page as it is shown, with some fields changed."""
    return client.post(address, data=shown(client, address) | changed)


def shown(client: FlaskClient, address: str) -> dict[str, Any]:
    """The fields of the first form in the page's main part."""
    page = client.get(address)
    assert page.status_code == 200, page.text
    form = re.search(r'<main.*?<form method="post"(.*?)</form>', page.text, re.DOTALL)
    assert form is not None
    fields: dict[str, Any] = {}
    for tag in re.findall(r"<input[^>]*>", form[1]):
        name, value = attribute(tag, "name"), attribute(tag, "value")
        if 'type="radio"' in tag or 'type="checkbox"' in tag:
            if " checked" in tag:
                fields.setdefault(name, []).append(value)
        else:
            fields[name] = value
    for name, text in re.findall(r'<textarea[^>]*name="([^"]*)"[^>]*>(.*?)</textarea>', form[1], re.DOTALL):
        fields[name] = text.strip()
    for name, options in re.findall(r'<select[^>]*name="([^"]*)"[^>]*>(.*?)</select>', form[1], re.DOTALL):
        fields[name] = next(
            (attribute(each, "value") for each in re.findall(r"<option[^>]*>", options) if " selected" in each), ""
        )
    return fields


def attribute(tag: str, name: str) -> str:
    found = re.search(rf'\b{name}="([^"]*)"', tag)
    return found[1] if found else ""
