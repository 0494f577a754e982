"""Passkeys: keys in people's phones and computers that sign what they are shown. Source: W3C Web Authentication 2."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID, uuid4

import sqlalchemy as sa
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from flask import current_app, request
from itsdangerous import BadSignature, URLSafeTimedSerializer
from webauthn import (
    base64url_to_bytes,
    generate_authentication_options,
    generate_registration_options,
    verify_authentication_response,
    verify_registration_response,
)
from webauthn.helpers import (
    decode_credential_public_key,
    decoded_public_key_to_cryptography,
    options_to_json_dict,
    parse_authentication_credential_json,
)
from webauthn.helpers.exceptions import WebAuthnException
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    PublicKeyCredentialDescriptor,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)

from tracker.accounts.models import Passkey, Person
from tracker.accounts.queries import list_passkeys
from tracker.core.clock import now
from tracker.core.db import begin_unlocked, begin_write, db
from tracker.core.errors import NotFound, Refused
from tracker.record import actions as record
from tracker.record.assertions import find_signed
from tracker.record.decision import Decision
from tracker.record.witness import Assertion, challenge

SECONDS_TO_ANSWER = 300
NOT_UNDERSTOOD = "The passkey's answer could not be checked. Try again, or use your password."
OF_NO_ENROLMENT = UUID(int=0)


def offer(person: Person) -> dict[str, Any]:
    """What the browser needs to make a passkey for the person, with a seal to send back."""
    options = generate_registration_options(
        rp_id=_host(),
        rp_name="Training tracker",
        user_name=person.email,
        user_id=person.id.bytes,
        user_display_name=person.name,
        # No attachment: a phone, a fingerprint reader of the computer and a security key all may answer.
        authenticator_selection=AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.PREFERRED, user_verification=UserVerificationRequirement.REQUIRED
        ),
        exclude_credentials=_known(person),
    )
    seal = _sealer("add").dumps({"person": str(person.id), "challenge": options.challenge.hex()})
    return {"options": options_to_json_dict(options), "seal": seal}


def add_passkey(person: Person, seal: str, answer: str, name: str) -> Passkey:
    """Keep the passkey that the browser made, on record as well. Raises Refused when it does not answer the offer."""
    sealed = _unseal("add", seal, person)
    try:
        made = verify_registration_response(
            credential=answer,
            expected_challenge=bytes.fromhex(sealed["challenge"]),
            expected_rp_id=_host(),
            expected_origin=_origin(),
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as failure:
        raise Refused(NOT_UNDERSTOOD) from failure
    if known := db.session.scalar(sa.select(Passkey).where(Passkey.credential == made.credential_id)):
        return known  # The button was pressed twice.
    passkey = Passkey(
        person_id=person.id,
        credential=made.credential_id,
        public_key=made.credential_public_key,
        sign_count=made.sign_count,
        name=name,
        added_at=now(),
    )
    db.session.add(passkey)
    person.has_passkey = True
    facts = {"public_key": _plain(passkey).hex()}
    record.append(Decision("passkey_added", person.id, OF_NO_ENROLMENT, uuid4(), facts, {}))
    return passkey


def remove_passkey(person: Person, passkey_id: UUID) -> None:
    """Forget a passkey: what it signed stays proved. Raises NotFound."""
    passkeys = {passkey.id: passkey for passkey in list_passkeys(person)}
    passkey = passkeys.pop(passkey_id, None)
    if passkey is None:
        raise NotFound
    facts = {"public_key": _plain(passkey).hex()}
    db.session.delete(passkey)
    person.has_passkey = bool(passkeys)
    record.append(Decision("passkey_removed", person.id, OF_NO_ENROLMENT, uuid4(), facts, {}))


def ask(person: Person, intents: Sequence[str], salts: Sequence[bytes]) -> dict[str, Any]:
    """What the browser needs to have these intents signed, with a seal to send back."""
    options = generate_authentication_options(
        rp_id=_host(),
        challenge=challenge(intents),
        allow_credentials=_known(person),
        user_verification=UserVerificationRequirement.REQUIRED,
    )
    sealed = {"person": str(person.id), "intents": list(intents), "salts": [salt.hex() for salt in salts]}
    return {"options": options_to_json_dict(options), "seal": _sealer("sign").dumps(sealed)}


def take(person: Person, seal: str, answer: str) -> tuple[Assertion, list[bytes]]:
    """The passkey's signature and the salts that it rests on; its use is kept in a transaction of its own.

    Raises Refused when it is not by a passkey of the person's, or not of what was asked.
    """
    try:
        given = parse_authentication_credential_json(answer)
    except (WebAuthnException, ValueError, KeyError, TypeError) as failure:
        raise Refused(NOT_UNDERSTOOD) from failure
    if earlier := find_signed(given.response.signature):
        return earlier, []  # The same press again: it may add nothing to what is on record.
    sealed, person_id = _unseal("sign", seal, person), person.id
    begin_write()
    try:
        passkey = _passkey(person_id, base64url_to_bytes(given.id))
        checked = verify_authentication_response(
            credential=given,
            expected_challenge=challenge(sealed["intents"]),
            expected_rp_id=_host(),
            expected_origin=_origin(),
            credential_public_key=passkey.public_key,
            credential_current_sign_count=passkey.sign_count,
            require_user_verification=True,
        )
    except (WebAuthnException, ValueError, KeyError, TypeError) as failure:
        raise Refused(NOT_UNDERSTOOD) from failure
    passkey.sign_count, passkey.used_at = checked.new_sign_count, now()
    said = given.response
    assertion = Assertion(
        _plain(passkey), said.authenticator_data, said.client_data_json, said.signature, sealed["intents"]
    )
    db.session.commit()
    begin_unlocked()
    return assertion, [bytes.fromhex(salt) for salt in sealed["salts"]]


def _passkey(person_id: UUID, credential: bytes) -> Passkey:
    chosen = sa.select(Passkey).where(Passkey.person_id == person_id, Passkey.credential == credential)
    passkey = db.session.scalar(chosen.with_for_update())
    if passkey is None:
        raise Refused("This passkey is not one of yours here. Use another, or your password.")
    return passkey


def _known(person: Person) -> list[PublicKeyCredentialDescriptor]:
    return [PublicKeyCredentialDescriptor(id=passkey.credential) for passkey in list_passkeys(person)]


def _plain(passkey: Passkey) -> bytes:
    """The public key in the form that every cryptography library reads."""
    key = decoded_public_key_to_cryptography(decode_credential_public_key(passkey.public_key))
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _sealer(purpose: str) -> URLSafeTimedSerializer:
    return URLSafeTimedSerializer(current_app.config["SECRET_KEY"], salt=f"passkey {purpose}")


def _unseal(purpose: str, seal: str, person: Person) -> dict[str, Any]:
    try:
        sealed: dict[str, Any] = _sealer(purpose).loads(seal, max_age=SECONDS_TO_ANSWER)
    except BadSignature as failure:
        raise Refused("That took more than five minutes. Press the button again.") from failure
    if sealed["person"] != str(person.id):
        raise Refused(NOT_UNDERSTOOD)
    return sealed


def _origin() -> str:
    """Where the tracker is for a browser; the demo is wherever it was opened."""
    return request.host_url.rstrip("/") if current_app.config["DEMO"] else str(current_app.config["BASE_URL"])


def _host() -> str:
    return urlsplit(_origin()).hostname or ""
