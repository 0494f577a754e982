"""Two at once: real files, real commits, one outcome."""

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextvars import Context
from datetime import date
from pathlib import Path
from threading import Barrier
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from tests.browsing import sign_in
from tests.conftest import DATABASES, new_postgresql, settings
from tests.make import make_person, make_supervision
from tests.world import SCHEME, World, make_entry_facts, make_world, saving, seen
from tracker import create_app
from tracker.accounts.models import Person
from tracker.core.db import begin_write, db
from tracker.enrolments import queries as enrolments
from tracker.logbook import claim_actions, queries, rules
from tracker.logbook.entry_actions import save_entry
from tracker.logbook.models import Claim
from tracker.operations.setup import migrate
from tracker.progress.models import SectionSum, Standing
from tracker.record import verify
from tracker.record.models import Event

pytestmark = pytest.mark.races
SUPERVISORS = 6


@pytest.fixture(params=DATABASES)
def live(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Flask]:
    """An app on a database of its own, whose commits are real."""
    url = f"sqlite:///{tmp_path / 'tracker.sqlite'}"
    if request.param == "postgresql":
        url = new_postgresql(request.getfixturevalue("postgresql_server"))
    app = create_app(settings(tmp_path, url))
    with app.app_context():
        migrate()
        yield app
        db.session.remove()
        db.engine.dispose()


def at_once(number: int, act: Callable[[int], int]) -> Counter[int]:
    """How often each answer came when this many acted at the same moment."""
    ready = Barrier(number)

    def act_when_all_are_ready(index: int) -> int:
        ready.wait(timeout=20)
        return Context().run(act, index)

    with ThreadPoolExecutor(number) as pool:
        return Counter(pool.map(act_when_all_are_ready, range(number)))


def press(browsers: list[FlaskClient], forms: list[dict[str, object]], addresses: list[str]) -> Counter[int]:
    """The answers when each browser sends its form to its address at the same moment."""
    db.session.rollback()
    return at_once(len(browsers), lambda index: browsers[index].post(addresses[index], data=forms[index]).status_code)


def signed_in(live: Flask, people: Sequence[Person]) -> list[FlaskClient]:
    """A browser for each of these people."""
    browsers = [live.test_client() for _ in people]
    for browser, person in zip(browsers, people, strict=True):
        sign_in(browser, person)
    return browsers


def more_supervisors(world: World) -> list[Person]:
    people = [make_person(f"s{index}@hospital.example", f"S{index}", "Lund") for index in range(SUPERVISORS - 1)]
    db.session.add_all(people)
    db.session.flush()
    db.session.add_all(make_supervision(world.enrolment, person.id) for person in people)
    db.session.commit()
    return [world.supervisor, *people]


def form_for(claim: Claim, key: str | None = None) -> dict[str, object]:
    shown = seen(claim)
    return {"key": key or uuid4().hex, "version": shown.version, "digest": shown.digest, "level": 2, "comment": "Good."}


def events_of(kind: str) -> int:
    chosen = sa.select(sa.func.count()).select_from(Event).where(Event.kind == kind)
    return db.session.scalar(chosen) or 0


def test_of_many_supervisors_one_signs_and_the_others_are_told(live: Flask) -> None:
    world = make_world()
    supervisors = more_supervisors(world)
    claim = world.submitted()
    db.session.commit()
    forms, addresses = [form_for(claim) for _ in supervisors], [f"/claims/{claim.id}/sign-off"] * SUPERVISORS
    answers = press(signed_in(live, supervisors), forms, addresses)
    assert answers == {302: 1, 409: SUPERVISORS - 1}
    assert events_of("claim_signed_off") == 1
    assert list(verify.faults()) == []
    assert db.session.scalars(sa.select(SectionSum.done)).all() == [1]


def test_the_same_press_many_times_at_once_is_one_sign_off_and_one_answer(live: Flask) -> None:
    world = make_world()
    claim = world.submitted()
    db.session.commit()
    forms, addresses = [form_for(claim)] * 4, [f"/claims/{claim.id}/sign-off"] * 4
    assert press(signed_in(live, [world.supervisor] * 4), forms, addresses) == {302: 4}
    assert events_of("claim_signed_off") == 1


def test_a_sign_off_against_a_withdrawal_has_one_outcome(live: Flask) -> None:
    world = make_world()
    claim = world.submitted()
    db.session.commit()
    forms = [form_for(claim) for _ in range(2)]
    addresses = [f"/claims/{claim.id}/{move}" for move in ("sign-off", "withdraw")]
    answers = press(signed_in(live, [world.supervisor, world.trainee]), forms, addresses)
    # Whoever was first has won; the other is told, or no longer sees a claim that is open again.
    assert answers in ({302: 1, 409: 1}, {302: 1, 404: 1})
    assert events_of("claim_signed_off") + events_of("claim_withdrawn") == 1


def test_entries_logged_at_once_are_all_counted(live: Flask) -> None:
    world = make_world()
    trainee_id, enrolment_id = world.trainee.id, world.enrolment.id
    presses = [saving(world.id_of("GEN-2")) for _ in range(6)]
    db.session.rollback()

    def log(index: int) -> int:
        with live.app_context():
            begin_write()
            trainee = db.session.get_one(Person, trainee_id)
            enrolment = enrolments.get_enrolment(trainee, enrolment_id)
            save_entry(trainee, enrolment, make_entry_facts(date(2026, 3, index + 1)), presses[index])
            db.session.commit()
        return 0

    at_once(6, log)
    counts = db.session.scalars(sa.select(Standing.counts)).one()
    assert (counts["entries"], counts["days"]) == (6, 6)


def test_events_of_many_signers_are_numbered_without_a_gap(live: Flask) -> None:
    world = make_world()
    supervisors = more_supervisors(world)[:2]
    claims = [world.submitted(code) for code in ("GEN-1", "NM-1")]
    db.session.commit()
    forms, addresses = [form_for(claim) for claim in claims], [f"/claims/{claim.id}/sign-off" for claim in claims]
    assert press(signed_in(live, supervisors), forms, addresses) == {302: 2}
    assert list(db.session.scalars(sa.select(Event.seq).order_by(Event.seq))) == [1, 2, 3, 4]
    assert list(verify.faults()) == []


def test_without_its_guards_the_race_would_be_lost(live: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """The control: with rule, version and digest taken away, several sign."""
    world = make_world()
    supervisors = more_supervisors(world)
    claim = world.submitted()
    db.session.commit()
    monkeypatch.setattr(rules, "why_not_sign_off", lambda _: None)
    monkeypatch.setattr(queries, "check_fresh", lambda *_: None)
    monkeypatch.setattr(claim_actions, "check_shown", lambda *_: None)
    forms, addresses = [form_for(claim) for _ in supervisors], [f"/claims/{claim.id}/sign-off"] * SUPERVISORS
    assert press(signed_in(live, supervisors), forms, addresses)[302] > 1


def test_the_second_signature_against_a_return_has_one_outcome(live: Flask) -> None:
    world = make_world(SCHEME | {"signatures": {"countersign": True}})
    _, second, third = more_supervisors(world)[:3]
    claim = world.submitted()
    claim_actions.sign_off(world.supervisor, claim.id, seen(claim), 2, "")
    db.session.commit()
    forms = [form_for(claim) for _ in range(2)]
    addresses = [f"/claims/{claim.id}/{move}" for move in ("countersign", "return")]
    assert press(signed_in(live, [second, third]), forms, addresses) == {302: 1, 409: 1}
    assert events_of("claim_countersigned") + events_of("claim_returned") == 1
    assert list(verify.faults()) == []


def test_two_second_signatures_at_once_are_one(live: Flask) -> None:
    world = make_world(SCHEME | {"signatures": {"countersign": True}})
    _, second, third = more_supervisors(world)[:3]
    claim = world.submitted()
    claim_actions.sign_off(world.supervisor, claim.id, seen(claim), 2, "")
    db.session.commit()
    forms = [form_for(claim) for _ in range(2)]
    answers = press(signed_in(live, [second, third]), forms, [f"/claims/{claim.id}/countersign"] * 2)
    assert answers == {302: 1, 409: 1}
    assert events_of("claim_countersigned") == 1


def test_a_sitting_against_a_sign_off_of_one_of_its_claims_signs_each_once(live: Flask) -> None:
    world = make_world()
    supervisors = more_supervisors(world)[:2]
    claims = [world.submitted(code) for code in ("GEN-1", "NM-1")]
    db.session.commit()
    sitting: dict[str, object] = {"key": uuid4().hex, "version": 0, "claim": [str(claim.id) for claim in claims]}
    for claim in claims:
        values = form_for(claim)
        sitting |= {f"{claim.id}-{name}": values[name] for name in ("version", "digest", "level")}
    addresses = ["/claims/sitting", f"/claims/{claims[1].id}/sign-off"]
    assert press(signed_in(live, supervisors), [sitting, form_for(claims[1])], addresses) == {302: 1, 409: 1}
    # Either both were signed by the sitting, or the one alone and nothing of the sitting.
    assert events_of("claim_signed_off") in {1, 2}
    assert list(verify.faults()) == []
