"""Signed notes, checkpoints and keys: what the C2SP grammar has is read, all else is refused."""

import base64
from hashlib import sha256

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tracker.record.verifier import (
    Checkpoint,
    Wrong,
    parse_checkpoint,
    parse_key_change,
    parse_note,
    parse_vkey,
    unbase64,
    verify_note,
    write_vkey,
)

NAME = "record.example/one"
PRIVATE = Ed25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC = PRIVATE.public_key().public_bytes_raw()
VKEY = write_vkey(NAME, PUBLIC)


def key_id(name: str, public: bytes) -> bytes:
    """The short id of a key, as the specification words it."""
    return sha256(name.encode() + b"\n\x01" + public).digest()[:4]


ROOT = base64.b64encode(bytes(32)).decode()
TEXT = f"{NAME}\n7\n{ROOT}\n"


def signature(text: str = TEXT, name: str = NAME, private: Ed25519PrivateKey = PRIVATE) -> str:
    short = key_id(name, private.public_key().public_bytes_raw())
    return f"— {name} {base64.b64encode(short + private.sign(text.encode())).decode()}\n"


def note(text: str = TEXT, *signatures: str) -> bytes:
    return (text + "\n" + "".join(signatures or [signature(text)])).encode()


def test_a_note_is_held_against_the_key_that_signed_it() -> None:
    read = parse_note(note())
    assert read.text == TEXT
    assert verify_note(read, VKEY)
    assert parse_checkpoint(read) == Checkpoint(NAME, 7, bytes(32))


def test_the_note_of_the_specification_verifies() -> None:
    """Source: the example of golang.org/x/mod/sumdb/note, an implementation of the format by its authors."""
    vkey = "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    text = (
        "If you think cryptography is the answer to your problem,\n"
        "then you don't know what your problem is.\n\n"
        "— PeterNeumann x08go/ZJkuBS9UG/SffcvIAQxVBtiFupLLr8pAcElZInNIuGUgYN1FFYC2pZSNXgKvqfqdngotpRZb6KE6RyyBwJnAM=\n"
    )
    assert verify_note(parse_note(text.encode()), vkey)
    assert not verify_note(parse_note(text.replace("think", "thunk").encode()), vkey)


def test_a_text_may_hold_an_empty_line() -> None:
    assert parse_note(note("one\n\ntwo\n")).text == "one\n\ntwo\n"


def test_an_unknown_key_neither_helps_nor_harms() -> None:
    other = Ed25519PrivateKey.from_private_bytes(bytes(32))
    foreign = signature(name="somebody.example", private=other)
    same_name = signature(private=other)
    assert verify_note(parse_note(note(TEXT, foreign, same_name, signature())), VKEY)
    assert not verify_note(parse_note(note(TEXT, foreign, same_name)), VKEY)


def test_a_known_key_s_wrong_signature_does_not_verify() -> None:
    assert not verify_note(parse_note(note(TEXT, signature("another text\n"))), VKEY)
    short = f"— {NAME} {base64.b64encode(key_id(NAME, PUBLIC) + b'x' * 63).decode()}\n"
    assert not verify_note(parse_note(note(TEXT, short)), VKEY)


GOOD = note().decode()
SIGNED = signature()


@pytest.mark.parametrize(
    "bad",
    [
        GOOD.replace("\n", "\r\n"),
        GOOD[:-1],
        GOOD + "\n",
        GOOD + " ",
        GOOD.replace("\n\n", "\n"),
        TEXT,
        TEXT + "\n",
        "\n" + SIGNED,
        "\n\n" + SIGNED,
        GOOD + SIGNED,
        GOOD.replace("— ", "- "),
        GOOD.replace("— ", "—  "),
        GOOD.replace("— ", " — "),
        GOOD.replace(f"— {NAME}", f"— {NAME}+1"),
        GOOD.replace(f"— {NAME}", "— record.example\u00a0one"),
        GOOD.replace(f"— {NAME} ", "—  "),
        GOOD[:-1] + " x\n",
        GOOD.replace("7", "7\t"),
        GOOD.replace("7", "7\x00"),
        GOOD[:-2] + "\n",
        TEXT + "\n— a AAAA\n",
        TEXT + "\n— a AAAAAA==\n",
        TEXT + "\n— a *AAAAAA=\n",
        TEXT + "\n" + "".join(f"— a{each} AAAAAAA=\n" for each in range(65)),
    ],
)
def test_what_is_no_note_is_refused(bad: str) -> None:
    with pytest.raises(Wrong):
        parse_note(bad.encode())


def test_bytes_that_are_not_utf_8_are_no_note() -> None:
    with pytest.raises(Wrong):
        parse_note(note().replace(b"7", b"\xff"))


def test_sixteen_signatures_are_read() -> None:
    assert len(parse_note((TEXT + "\n" + "".join(f"— a{each} AAAAAAA=\n" for each in range(16))).encode()).signatures)


@pytest.mark.parametrize(
    "text",
    [
        f"{NAME}\n7\n",
        f"{NAME}\n07\n{ROOT}\n",
        f"{NAME}\n+7\n{ROOT}\n",
        f"{NAME}\n-7\n{ROOT}\n",
        f"{NAME}\n7 \n{ROOT}\n",
        f"{NAME}\n\u0667\n{ROOT}\n",
        f"{NAME}\n{10**18}\n{ROOT}\n",
        f"{NAME}\n7\n{ROOT[:-1]}\n",
        f"{NAME}\n7\n{ROOT[:-2]}B=\n",
        f"{NAME}\n7\nAAAA\n",
        f"{NAME}\n7\n{ROOT}\n\nmore\n",
        f"\n7\n{ROOT}\n",
    ],
)
def test_what_is_no_checkpoint_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        parse_checkpoint(parse_note(note(text)))


def test_a_checkpoint_may_say_more_and_a_tree_may_be_empty() -> None:
    assert parse_checkpoint(parse_note(note(f"{NAME}\n0\n{ROOT}\nmore\n"))).size == 0


@pytest.mark.parametrize("written", ["AAB=", "AA", "AA=", "AA==\n", " AA==", "AA-_", "A===", "AA== ", "QUI"])
def test_base64_is_read_in_the_one_way_it_is_written(written: str) -> None:
    with pytest.raises(Wrong):
        unbase64(written)


@pytest.mark.parametrize(
    "bad",
    [
        "",
        NAME,
        VKEY.replace(NAME, "another"),
        VKEY + "\n",
        VKEY[:-1],
        VKEY.upper(),
        f"{NAME}+{key_id(NAME, PUBLIC).hex()}+{base64.b64encode(b'%c' % 2 + PUBLIC).decode()}",
        f"{NAME}+{key_id(NAME, PUBLIC[:31]).hex()}+{base64.b64encode(b'%c' % 1 + PUBLIC[:31]).decode()}",
        f" +{key_id(' ', PUBLIC).hex()}+{base64.b64encode(b'%c' % 1 + PUBLIC).decode()}",
    ],
)
def test_what_is_no_key_is_refused(bad: str) -> None:
    with pytest.raises(Wrong):
        parse_vkey(bad)


def test_a_change_of_key_is_read() -> None:
    change = parse_key_change(parse_note(note(f"{NAME} key change\n12\n{VKEY}\nrotated\n")))
    assert change == (NAME, 12, VKEY, "rotated")


@pytest.mark.parametrize(
    "text",
    [
        f"{NAME}\n12\n{VKEY}\nrotated\n",
        f"{NAME} key change\n012\n{VKEY}\nrotated\n",
        f"{NAME} key change\n12\n{VKEY}\nforgotten\n",
        f"{NAME} key change\n12\n{VKEY}\nrotated\nmore\n",
        f"{NAME} key change\n12\n{VKEY[:-1]}\nrotated\n",
    ],
)
def test_what_is_no_change_of_key_is_refused(text: str) -> None:
    with pytest.raises(Wrong):
        parse_key_change(parse_note(note(text)))
