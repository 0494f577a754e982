import io
from typing import IO, cast

import pytest
from flask import Flask, Response
from werkzeug.datastructures import FileStorage

from tests.make import make_person
from tracker.accounts.models import Person
from tracker.core import storage
from tracker.core.db import db
from tracker.core.errors import NotFound
from tracker.core.upload import LimitedFile
from tracker.evidence import actions, files, queries, sending
from tracker.evidence.files import NotReceived, Received
from tracker.evidence.models import EvidenceFile


def upload(content: bytes, name: str) -> FileStorage:
    return FileStorage(io.BytesIO(content), filename=name)


def received(content: bytes = b"Output 1.01 Gy", name: str = "QC äöü.txt") -> Received:
    answer = files.receive(upload(content, name))
    assert isinstance(answer, Received)
    return answer


def sent(app: Flask, file: EvidenceFile, **headers: str) -> Response:
    with app.test_request_context(headers=headers):
        response = sending.send(file)
        response.direct_passthrough = False
        response.get_data()
        response.close()
        return response


def kept(content: bytes = b"Output 1.01 Gy") -> EvidenceFile:
    owner = make_person()
    db.session.add(owner)
    db.session.flush()
    file = actions.keep(owner, received(content))
    db.session.flush()
    return file


def test_a_file_is_stored_before_any_row_names_it(app: Flask) -> None:
    answer = received()
    assert storage.path_of(answer.sha256).read_bytes() == b"Output 1.01 Gy"
    assert (answer.size_bytes, answer.media_type, answer.name) == (14, "text/plain", "QC äöü.txt")


def test_a_file_above_the_limit_is_not_received(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "EVIDENCE_LIMIT_BYTES", 10)
    answer = files.receive(upload(b"x" * 11, "long.txt"))
    assert isinstance(answer, NotReceived)
    assert answer.too_large
    assert "“long.txt” was not kept" in answer.sentence


def test_a_file_of_which_only_a_part_came_is_not_received(app: Flask) -> None:
    with LimitedFile(limit_bytes=10) as part:
        part.write(b"x" * 11)
        part.seek(0)
        answer = files.receive(FileStorage(cast("IO[bytes]", part), filename="long.txt"))
    assert isinstance(answer, NotReceived)
    assert answer.too_large


def test_a_file_of_exactly_the_limit_is_received(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(app.config, "EVIDENCE_LIMIT_BYTES", 10)
    assert received(b"x" * 10).size_bytes == 10


def test_a_refused_file_is_named_and_not_stored(app: Flask) -> None:
    answer = files.receive(upload(b"<svg onload='x'>", "a/b\u202e.svg"))
    assert isinstance(answer, NotReceived)
    assert not answer.too_large
    assert answer.sentence.startswith("“b.svg” was not kept. Web pages, SVG")


def test_a_kept_file_is_its_owners_alone(app: Flask) -> None:
    file = kept()
    owner = db.session.get_one(Person, file.owner_id)
    assert list(queries.list_own_files(owner, [file.id])) == [file]
    other = make_person(email="other@example.org")
    assert list(queries.list_own_files(other, [file.id])) == []


def test_a_file_is_sent_to_be_saved_and_never_shown(app: Flask) -> None:
    response = sent(app, kept())
    assert response.status_code == 200
    disposition = response.headers["Content-Disposition"]
    assert disposition.startswith("attachment;")
    assert "filename*=UTF-8''QC%20%C3%A4%C3%B6%C3%BC.txt" in disposition
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in response.headers["Content-Security-Policy"]
    assert response.headers["Cache-Control"] == "private, no-store"


def test_a_part_of_a_file_can_be_asked_for(app: Flask) -> None:
    response = sent(app, kept(), Range="bytes=7-10")
    assert (response.status_code, response.get_data()) == (206, b"1.01")


def test_a_file_that_the_store_lost_is_said_to_be_missing(app: Flask) -> None:
    file = kept(b"only once")
    storage.path_of(file.sha256).unlink()
    with pytest.raises(NotFound, match="missing from the store"):
        sent(app, file)
