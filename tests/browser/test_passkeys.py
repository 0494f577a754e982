"""A passkey of a phone that the browser only pretends to have: added once, asked at each signature."""

import re
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from tests.browser.reader import SUPERVISOR, Reader
from tests.browser.site import Site
from tracker.core.db import db
from tracker.record.models import EventAssertion

PHONE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
}


def with_phone(reader: Reader) -> Any:
    """Give the window a phone that agrees to everything it is asked."""
    told = reader.page.context.new_cdp_session(reader.page)
    told.send("WebAuthn.enable")
    return told, told.send("WebAuthn.addVirtualAuthenticator", {"options": PHONE})["authenticatorId"]


def test_a_sign_off_with_a_passkey(site: Site, arriving: Callable[..., Reader]) -> None:
    # Given a supervisor at an address with a name, who adds a passkey
    named = replace(site, address=site.address.replace("127.0.0.1", "localhost"))
    reader = arriving(named)
    told, phone = with_phone(reader)
    reader.sign_in(SUPERVISOR)
    reader.open("/account/signing")
    reader.fill("What do you call it?", "work phone")
    reader.press("Add a passkey")
    reader.reads("The passkey is added. It is asked when you sign.", "work phone, added")
    # When they sign the oldest that waits
    reader.open("/")
    reader.page.locator(".app-queue a").first.click()
    reader.press("Sign off")
    # Then it was asked, and its signature is beside the event
    reader.reads("is signed off, and the trainee is told.")
    with site.app.app_context():
        assert len(db.session.scalars(sa.select(EventAssertion)).all()) == 1
        db.session.remove()
    # When the phone does not agree, nothing is signed
    told.send("WebAuthn.setUserVerified", {"authenticatorId": phone, "isUserVerified": False})
    reader.page.locator(".app-queue a").first.click()
    reader.page.get_by_role("button", name="Sign off", exact=True).click()
    reader.page.get_by_text("The passkey did not answer, and nothing is signed.").wait_for()
    assert re.search("/claims/", reader.path)
