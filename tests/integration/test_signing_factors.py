"""An app's code or a passkey in place of the password; what a passkey signs is what goes on record."""

import hashlib
import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pyotp
import pytest
import sqlalchemy as sa
import time_machine
from cryptography.hazmat.primitives.asymmetric.ec import (
    ECDSA,
    SECP256R1,
    EllipticCurvePublicKey,
    generate_private_key,
)
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_der_public_key
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.phone import ORIGIN, Authenticator
from tests.world import World, make_world, seen
from tracker.accounts.actions import set_password
from tracker.accounts.authenticator_app import add_app
from tracker.accounts.models import AuthenticatorApp, Passkey
from tracker.core.db import db
from tracker.logbook.models import Claim, ClaimStatus
from tracker.record import assertions
from tracker.record.assertions import find_assertion, why_not_signed
from tracker.record.models import Event, EventAssertion
from tracker.record.verify import faults
from tracker.record.witness import challenge, intent_of

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)


@pytest.fixture
def world(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> World:
    """A department at an address with a name, and its supervisor signed in."""
    monkeypatch.setitem(app.config, "BASE_URL", ORIGIN)
    made = make_world()
    sign_in(client, made.supervisor)
    return made


@pytest.fixture
def phone(world: World, client: FlaskClient) -> Authenticator:
    """The supervisor's passkey, added on the page."""
    phone = Authenticator()
    offered = client.post("/account/signing/passkeys/offer").get_json()
    data = {"name": "work phone", "seal": offered["seal"], "answer": phone.make(offered["options"])}
    assert client.post("/account/signing/passkeys", data=data).location == "/account/signing?done=passkey"
    return phone


def decision(claim: Claim, **more: str) -> dict[str, Any]:
    shown = seen(claim)
    asked = {"key": shown.key.hex, "version": shown.version, "digest": shown.digest, "level": 2, "comment": "Safe."}
    return asked | more


def rehearse(client: FlaskClient, claim: Claim, sent: dict[str, Any]) -> Any:
    return client.post(f"/claims/{claim.id}/sign-off", data=sent, headers={"Signing": "rehearse"})


def sign_with(client: FlaskClient, claim: Claim, phone: Authenticator) -> int:
    """The number of the event by which the claim was signed off with the phone."""
    sent = decision(claim)
    asked = rehearse(client, claim, sent).get_json()
    signed = sent | {"factor_passkey": phone.sign(asked["options"]), "factor_passkey_seal": asked["seal"]}
    assert client.post(f"/claims/{claim.id}/sign-off", data=signed).status_code == 302
    return last_event()[0].seq


def last_event() -> tuple[Event, dict[str, Any]]:
    event = db.session.scalars(sa.select(Event).order_by(Event.seq.desc()).limit(1)).one()
    return event, json.loads(event.body)


def test_a_passkey_signs_exactly_what_goes_on_record(client: FlaskClient, world: World, phone: Authenticator) -> None:
    sign_with(client, world.submitted(), phone)
    event, body = last_event()
    kept = db.session.get_one(EventAssertion, event.seq)
    assert (body["facts"]["factor"], kept.intents) == ("passkey", [intent_of(body)])
    told = json.loads(kept.client_data)["challenge"]
    assert urlsafe_b64decode(told + "=") == challenge([intent_of(body)])
    key = load_der_public_key(kept.public_key)
    assert isinstance(key, EllipticCurvePublicKey)
    what = kept.authenticator_data + hashlib.sha256(kept.client_data).digest()
    key.verify(kept.signature, what, ECDSA(SHA256()))
    assert list(faults()) == []


@pytest.mark.parametrize(
    ("change", "what"),
    [
        ({"signature": b"another"}, "has another passkey's signature beside it than it speaks of."),
        (None, "has lost the passkey's signature that it speaks of."),
    ],
)
def test_a_signature_that_is_changed_or_lost_is_noticed(
    client: FlaskClient, world: World, phone: Authenticator, change: dict[str, bytes] | None, what: str
) -> None:
    seq = sign_with(client, world.submitted(), phone)
    here = EventAssertion.seq == seq
    db.session.execute(sa.update(EventAssertion).where(here).values(**change) if change else sa.delete(EventAssertion))
    assert [(fault.seq, fault.what) for fault in faults()] == [(seq, what)]


def test_what_a_passkey_signed_fits_no_other_event(client: FlaskClient, world: World, phone: Authenticator) -> None:
    seq = sign_with(client, world.submitted(), phone)
    body = last_event()[1]
    kept = find_assertion(seq)
    assert kept is not None
    assert why_not_signed(kept, body) is None
    assert why_not_signed(kept, body | {"actor": str(world.lead.id)}) == "is not what the passkey signed."
    unseen = bytearray(kept.authenticator_data)
    unseen[32] = 0
    forged = replace(kept, authenticator_data=bytes(unseen))
    spoken = body | {"facts": body["facts"] | {"assertion": forged.digest}}
    assert why_not_signed(forged, spoken) == "has a passkey's signature that does not verify."


def test_a_key_that_its_signer_never_added_is_noticed(
    client: FlaskClient, world: World, phone: Authenticator, monkeypatch: pytest.MonkeyPatch
) -> None:
    seq = sign_with(client, world.submitted(), phone)
    stranger = replace(
        find_assertion(seq) or pytest.fail("There is no signature."),
        public_key=generate_private_key(SECP256R1())
        .public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo),
    )
    monkeypatch.setattr(assertions, "find_assertion", lambda _: stranger)
    assert [fault.what for fault in faults()] == ["was signed by a passkey that its signer had not added."]


def test_the_page_of_the_event_says_what_the_passkey_signed(
    client: FlaskClient, world: World, phone: Authenticator
) -> None:
    seq = sign_with(client, world.submitted(), phone)
    assert "the signature verifies" in client.get(f"/events/{seq}").text
    kept = db.session.get_one(EventAssertion, seq)
    assert client.get(f"/events/{seq}/passkey").get_json()["signature"] == kept.signature.hex()
    db.session.execute(sa.update(EventAssertion).values(signature=b"another"))
    assert "has another passkey&#39;s signature beside it" in client.get(f"/events/{seq}").text


def test_a_rehearsal_changes_nothing(client: FlaskClient, world: World, phone: Authenticator) -> None:
    claim = world.submitted()
    before = last_event()[0].seq
    assert rehearse(client, claim, decision(claim)).headers["Signing"] == "rehearsed"
    db.session.expire_all()
    assert (last_event()[0].seq, db.session.get_one(Claim, claim.id).status) == (before, ClaimStatus.SUBMITTED)


def test_a_rehearsal_says_what_is_wrong_with_the_form(client: FlaskClient, world: World, phone: Authenticator) -> None:
    claim = world.submitted()
    assert rehearse(client, claim, decision(claim, level="")).status_code == 422


@pytest.mark.parametrize("other", [{"comment": "Outstanding."}, {"level": "3"}])
def test_what_the_passkey_did_not_sign_is_not_recorded(
    client: FlaskClient, world: World, phone: Authenticator, other: dict[str, str]
) -> None:
    claim = world.submitted()
    sent = decision(claim)
    asked = rehearse(client, claim, sent).get_json()
    signed = sent | {"factor_passkey": phone.sign(asked["options"]), "factor_passkey_seal": asked["seal"]}
    answer = client.post(f"/claims/{claim.id}/sign-off", data=signed | other)
    assert answer.status_code == 409
    assert "What your passkey signed is not what would be recorded now" in answer.text
    db.session.expire_all()
    assert db.session.get_one(Claim, claim.id).status is ClaimStatus.SUBMITTED


def test_another_persons_passkey_signs_nothing(client: FlaskClient, world: World, phone: Authenticator) -> None:
    claim = world.submitted()
    sent = decision(claim)
    asked = rehearse(client, claim, sent).get_json()
    stranger = Authenticator()
    signed = sent | {"factor_passkey": stranger.sign(asked["options"]), "factor_passkey_seal": asked["seal"]}
    answer = client.post(f"/claims/{claim.id}/sign-off", data=signed)
    assert answer.status_code == 422
    assert "could not be checked" in answer.text


def test_without_a_passkey_nothing_is_rehearsed(client: FlaskClient, world: World) -> None:
    claim = world.submitted()
    assert "Signing" not in rehearse(client, claim, decision(claim)).headers


def test_a_removed_passkey_is_gone_and_its_events_stay(client: FlaskClient, world: World, phone: Authenticator) -> None:
    passkey = db.session.scalars(sa.select(Passkey)).one()
    client.post(f"/account/signing/passkeys/{passkey.id}/remove")
    db.session.expire_all()
    assert db.session.scalars(sa.select(Passkey)).all() == []
    assert last_event()[1]["kind"] == "passkey_removed"


def test_the_code_of_an_app_stands_for_the_password(client: FlaskClient, world: World) -> None:
    claim = world.submitted()
    secret = pyotp.random_base32()
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, world.supervisor)
        data = {"secret": secret, "code": pyotp.TOTP(secret).at(NOON)}
        assert client.post("/account/signing/app", data=data).location == "/account/signing?done=app"
        clock.shift(timedelta(minutes=6))
        later = NOON + timedelta(minutes=6)
        sent = decision(claim, factor_password=pyotp.TOTP(secret).at(later))
        assert client.post(f"/claims/{claim.id}/sign-off", data=sent).status_code == 302
    assert last_event()[1]["facts"]["factor"] == "totp"


def test_a_code_is_taken_once_and_a_wrong_one_never(client: FlaskClient, world: World) -> None:
    secret = pyotp.random_base32()
    with time_machine.travel(NOON, tick=False) as clock:
        sign_in(client, world.supervisor)
        assert add_app(world.supervisor, secret, pyotp.TOTP(secret).at(NOON))
        db.session.commit()
        clock.shift(timedelta(minutes=6))
        claim = world.submitted()
        code = pyotp.TOTP(secret).at(NOON + timedelta(minutes=6))
        wrong = f"{(int(code) + 1) % 1_000_000:06}"
        first = client.post(f"/claims/{claim.id}/sign-off", data=decision(claim, factor_password=wrong))
        assert "This is not the code that your app shows now" in first.text
        claims = [claim, world.submitted("NM-1")]
        answers = [decision(each, factor_password=code) for each in claims]
        codes = [
            client.post(f"/claims/{c.id}/sign-off", data=a).status_code for c, a in zip(claims, answers, strict=True)
        ]
    assert codes == [302, 422]


def test_the_secret_of_an_app_cannot_be_read_in_the_database(client: FlaskClient, world: World) -> None:
    secret = pyotp.random_base32()
    with time_machine.travel(NOON, tick=False):
        assert add_app(world.supervisor, secret, pyotp.TOTP(secret).at(NOON))
    db.session.flush()
    assert secret.encode() not in db.session.scalars(sa.select(AuthenticatorApp.secret)).one()


def test_a_wrong_code_adds_no_app(client: FlaskClient, world: World) -> None:
    answer = client.post("/account/signing/app", data={"secret": pyotp.random_base32(), "code": "000000"})
    assert answer.status_code == 422
    assert "This is not what the app shows now" in answer.text


def test_the_same_press_again_has_the_same_answer(client: FlaskClient, world: World, phone: Authenticator) -> None:
    claim = world.submitted()
    sent = decision(claim)
    asked = rehearse(client, claim, sent).get_json()
    signed = sent | {"factor_passkey": phone.sign(asked["options"]), "factor_passkey_seal": asked["seal"]}
    answers = [client.post(f"/claims/{claim.id}/sign-off", data=signed) for _ in range(2)]
    assert [answer.status_code for answer in answers] == [302, 302]
    assert "Signing" not in rehearse(client, claim, sent).headers  # There is nothing left to sign.


def test_a_signature_of_one_thing_opens_nothing_else(client: FlaskClient, world: World, phone: Authenticator) -> None:
    claims = [world.submitted(), world.submitted("NM-1")]
    sent = decision(claims[0])
    asked = rehearse(client, claims[0], sent).get_json()
    proof = {"factor_passkey": phone.sign(asked["options"]), "factor_passkey_seal": asked["seal"]}
    client.post(f"/claims/{claims[0].id}/sign-off", data=sent | proof)
    assert client.post(f"/claims/{claims[1].id}/sign-off", data=decision(claims[1]) | proof).status_code == 409
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10), tick=False):
        secret = pyotp.random_base32()
        app = {"secret": secret, "code": pyotp.TOTP(secret).now(), "key": sent["key"]}
        assert client.post("/account/signing/app", data=app | proof).status_code == 422
    assert db.session.scalars(sa.select(AuthenticatorApp)).all() == []


def test_who_lost_a_passkey_removes_it_with_the_password(
    client: FlaskClient, world: World, phone: Authenticator
) -> None:
    set_password(world.supervisor, "three random words")
    sign_in(client, world.supervisor)
    passkey = db.session.scalars(sa.select(Passkey)).one()
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=10), tick=False):
        late = client.post(f"/account/signing/passkeys/{passkey.id}/remove")
        assert late.status_code == 422
        assert "Say it again" in late.text
        client.post("/account/signing/confirm", data={"factor_password": "three random words"})
        client.post(f"/account/signing/passkeys/{passkey.id}/remove")
    db.session.expire_all()
    assert db.session.scalars(sa.select(Passkey)).all() == []
