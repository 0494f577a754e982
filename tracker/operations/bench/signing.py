"""What a sign-off costs: many signers at once, beside the very same statements sent without us."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from threading import Barrier
from typing import Any
from uuid import UUID, uuid4

import sqlalchemy as sa
from sqlalchemy import event
from sqlalchemy.engine import Connection, Engine
from sqlalchemy.orm import joinedload

from tracker.accounts.models import Person
from tracker.core.clock import today
from tracker.core.db import begin_write, db
from tracker.enrolments.models import Enrolment, Supervision, SupervisionRole
from tracker.enrolments.queries import in_force
from tracker.logbook import claim_actions, queries
from tracker.logbook.content import claim_digest
from tracker.logbook.models import Claim, ClaimStatus
from tracker.operations.bench.figures import Figure
from tracker.operations.bench.place import SIGNERS, Place

LEAST = 0.6
ROUNDS = 3
COMMENT = "Safe and careful throughout."


@dataclass(frozen=True)
class Statement:
    """One statement as the driver was given it."""

    text: str
    parameters: Any
    many: bool


@dataclass(frozen=True)
class SignOff:
    """One claim that waits, who signs it, and what was shown."""

    signer_id: UUID
    claim_id: UUID
    seen: claim_actions.Seen
    level: int


@dataclass
class Count:
    """What became of a number of tasks."""

    done: int = 0
    seconds: float = 0.0
    errors: list[str] = field(default_factory=list)

    @property
    def rate(self) -> float:
        """How many a second."""
        return self.done / self.seconds if self.seconds else 0.0


def signing(place: Place) -> Iterator[Figure]:
    """Rates of sign-offs, of their bare statements, and of a bare INSERT and COMMIT, in turns."""
    by_signer = _waiting(place)
    signers = list(by_signer)
    rounds = min([ROUNDS, *(len(own) // 2 for own in by_signer.values())])
    scripts: list[list[Statement]] = []
    ours, floor, bare = Count(), Count(), Count()
    _make_ready(place)
    for number in range(rounds):
        signs = [by_signer[signer][2 * number] for signer in signers]
        scripts = [capture(place, by_signer[signer][2 * number + 1]) for signer in signers]
        _run(ours, [partial(sign, place, each) for each in signs])
        _run(floor, [partial(replay, place, script) for script in scripts])
        _run(bare, [partial(insert_and_commit, place)] * len(signers))
    if floor.errors or bare.errors:
        raise RuntimeError(f"The floor of a sign-off could not be measured: {(floor.errors + bare.errors)[0]}")
    what = f"sign-offs, {len(signers)} at once"
    yield Figure(f"{what}, beside the same statements by hand", "per s", ours.rate, floor.rate, least=LEAST)
    yield Figure(f"{what}, beside INSERT and COMMIT", "per s", ours.rate, bare.rate)
    yield Figure(f"{what}, errors", "", len(ours.errors), most=0)
    yield Figure("statements of a sign-off", "", len(scripts[0]) if scripts else 0)


def _waiting(place: Place) -> dict[UUID, list[SignOff]]:
    """What each supervisor could sign who could sign two. Order: those with most first."""
    claims: dict[UUID, list[UUID]] = defaultdict(list)
    with place.app.app_context():
        for claim_id, supervisor_id in db.session.execute(_could_be_signed()):
            claims[supervisor_id].append(claim_id)
        ranked = sorted(claims.items(), key=lambda item: (-len(item[1]), item[0]))[:SIGNERS]
        enough = [(signer, own[: 2 * ROUNDS]) for signer, own in ranked if len(own) >= 2]  # noqa: PLR2004 - ours and by hand
        return {signer: [_shown(signer, claim_id) for claim_id in own] for signer, own in enough}


def _could_be_signed() -> sa.Select[*tuple[UUID, ...]]:
    return (
        sa.select(Claim.id, Supervision.supervisor_id)
        .join(Enrolment, Enrolment.id == Claim.enrolment_id)
        .join(Supervision, Supervision.enrolment_id == Enrolment.id)
        .where(Claim.status == ClaimStatus.SUBMITTED, Supervision.role == SupervisionRole.SUPERVISOR)
        .where(in_force(Supervision, today()))
        .order_by(Claim.id)
    )


def _shown(signer_id: UUID, claim_id: UUID) -> SignOff:
    """A claim as its page shows it before it is signed."""
    claim = queries.lock_claim(claim_id)
    digest = claim_digest(claim, queries.evidence_of(claim), claim.enrolment.version.digest)
    seen = claim_actions.Seen(uuid4(), claim.version, digest)
    return SignOff(signer_id, claim_id, seen, claim.level_claimed or 1)


def sign(place: Place, each: SignOff) -> None:
    """Sign as a request does, from the lock to the commit."""
    with place.app.app_context():
        begin_write()
        _sign(each)
        db.session.commit()


def _sign(each: SignOff) -> None:
    with_grants = sa.select(Person).options(joinedload(Person.grants)).where(Person.id == each.signer_id)
    signer = db.session.scalars(with_grants).unique().one()
    claim_actions.sign_off(signer, each.claim_id, each.seen, each.level, COMMENT)


def capture(place: Place, each: SignOff) -> list[Statement]:
    """The statements of a sign-off, which is then undone."""
    caught: list[Statement] = []

    def note(*arguments: Any) -> None:
        _, _, text, parameters, _, many = arguments
        if not text.startswith(("BEGIN", "SAVEPOINT", "RELEASE")):
            caught.append(Statement(text, parameters, many))

    with place.app.app_context():
        engine = db.engine
        begin_write()
        event.listen(engine, "before_cursor_execute", note)
        try:
            _sign(each)
            db.session.flush()
        finally:
            event.remove(engine, "before_cursor_execute", note)
            db.session.rollback()
    return caught


def replay(place: Place, script: Sequence[Statement]) -> None:
    """Send the statements to the driver, with no more than the number of the event put right."""
    with _locked(place) as connection:
        cursor = connection.connection.cursor()
        old = new = None
        for statement in script:
            parameters = _renumbered(statement.parameters, old, new) if new else statement.parameters
            if statement.many:
                cursor.executemany(statement.text, parameters)
                continue
            cursor.execute(statement.text, parameters)
            rows = cursor.fetchall() if cursor.description else []
            if statement.text.startswith("UPDATE record_head"):
                old, new = _number_in(script), rows[0][0]
        connection.connection.commit()


def _number_in(script: Sequence[Statement]) -> int:
    """The number that the event had when the statements were caught."""
    added = next(each.parameters for each in script if each.text.startswith("INSERT INTO event "))
    values = added.values() if isinstance(added, dict) else added
    return next(value for value in values if isinstance(value, int))


def _renumbered(parameters: Any, old: int | None, new: int) -> Any:
    if isinstance(parameters, dict):
        return {name: new if value == old else value for name, value in parameters.items()}
    if parameters and isinstance(parameters[0], tuple | dict):
        return [_renumbered(each, old, new) for each in parameters]
    return tuple(new if value == old else value for value in parameters)


def insert_and_commit(place: Place) -> None:
    """The least that a lasting change can cost here."""
    with _locked(place) as connection:
        connection.connection.cursor().execute("INSERT INTO bench_scratch (note) VALUES ('x')")
        connection.connection.commit()


def _make_ready(place: Place) -> None:
    """A table to write to, and a connection for each signer, so that no round has to open them."""
    engine = _engine(place)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE bench_scratch (note TEXT)")
    with ExitStack() as opened:
        for _ in range(SIGNERS):
            opened.enter_context(engine.connect().execution_options(sqlite_begin="NONE"))


def _locked(place: Place) -> Connection:
    """A connection with the same lock as a request that writes."""
    engine = _engine(place)
    connection = engine.connect().execution_options(sqlite_begin="IMMEDIATE")
    connection.begin()
    return connection


def _engine(place: Place) -> Engine:
    with place.app.app_context():
        return db.engine


def _run(count: Count, tasks: Sequence[Callable[[], None]]) -> None:
    """Do every task in a thread of its own, all from the same moment on."""
    ready = Barrier(len(tasks) + 1)
    with ThreadPoolExecutor(len(tasks)) as threads:
        futures = [threads.submit(_guarded, task, ready) for task in tasks]
        ready.wait()
        begun = time.perf_counter()
        errors = [error for future in futures if (error := future.result())]
        count.seconds += time.perf_counter() - begun
    count.done += len(tasks) - len(errors)
    count.errors += errors


def _guarded(task: Callable[[], None], ready: Barrier) -> str:
    ready.wait()
    try:
        task()
    except Exception as error:  # noqa: BLE001 - whatever it was, it is counted
        return repr(error)
    return ""
