"""The life of a made-up claim, move by move, as the actions would have made it."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from random import Random
from uuid import UUID

from tracker.accounts.models import Person
from tracker.logbook.claim_actions import Move
from tracker.logbook.content import entry_digest, on_record
from tracker.logbook.models import Claim, ClaimStatus, EntryStatus, StepKind
from tracker.notifications.models import NoticeKind
from tracker.operations.population.calendar import DAY, WORKING_DAYS, Calendar, at_work, make_id
from tracker.operations.population.courses import Course
from tracker.operations.population.entries import MadeEntry, Writer
from tracker.operations.population.people import Training
from tracker.operations.population.phrases import phrases
from tracker.operations.population.rows import Row
from tracker.record.decision import Decision

SHARE_WITHDRAWN, SHARE_RETURNED, SHARE_REVOKED, SHARE_SLOW, SHARE_ABOVE = 0.03, 0.14, 0.007, 0.08, 0.1
NOTICES = {
    StepKind.SUBMITTED: NoticeKind.CLAIM_WAITING,
    StepKind.WITHDRAWN: NoticeKind.CLAIM_WITHDRAWN,
    StepKind.SIGNED_OFF: NoticeKind.CLAIM_SIGNED_OFF,
    StepKind.RETURNED: NoticeKind.CLAIM_RETURNED,
    StepKind.REVOKED: NoticeKind.CLAIM_REVOKED,
}


@dataclass(frozen=True, slots=True)
class Told:
    """Who is told of something that happened."""

    kind: NoticeKind
    people: tuple[UUID, ...]
    about: str
    path: str


@dataclass(frozen=True, slots=True)
class Happening:
    """A decision that goes on record, with the line of history beside it and who is told."""

    at: datetime
    decision: Decision
    told: Told
    step: Row | None = None  # of a claim; the number of the event is added when it has one


@dataclass
class ClaimStory:
    """One claim and everything that happened to it."""

    rng: Random
    training: Training
    course: Course
    calendar: Calendar
    entries: list[MadeEntry]  # those that count for the competency
    until: date
    claim: Claim = field(init=False)
    evidence: list[Row] = field(default_factory=list)
    happened: list[Happening] = field(default_factory=list)
    digests: dict[UUID, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.claim = _open_claim(self.rng, self.training, self.course)

    def tell(self) -> None:
        """Let the claim go its way until it is signed off or the days run out."""
        last = max(entry.written_at.date() for entry in self.entries)
        day = self._later(last, 1, 12)
        while day <= self.until:
            self.submit(at_work(self.rng, day))
            again = self._go_on(day)
            if again is None:
                return
            day = again

    def _go_on(self, submitted_on: date) -> date | None:
        """What comes of a submission. Gives the day of the next one, if there is to be one."""
        if self.rng.random() < SHARE_WITHDRAWN:
            return self._withdrawn(self._later(submitted_on, 1, 1))
        decided_on = _weekday(submitted_on + self._lag() * DAY)
        if decided_on > self.until:
            return None
        if self.claim.attempt == 1 and self.rng.random() < SHARE_RETURNED:
            return self._returned(decided_on)
        self.sign_off(at_work(self.rng, decided_on), phrases().any(self.rng, "comments"))
        if self.rng.random() < SHARE_REVOKED:
            self.revoke(self.happened[-1].at + timedelta(hours=2))
            return self._later(decided_on, 3, 10)
        return None

    def _withdrawn(self, day: date) -> date | None:
        if day > self.until:
            return None
        self.withdraw(at_work(self.rng, day))
        return self._later(day, 3, 10)

    def _returned(self, day: date) -> date | None:
        """A returned claim comes back with one more entry."""
        self.return_(at_work(self.rng, day), phrases().any(self.rng, "return_reasons"))
        done_on = self._later(day, 3, 20)
        if done_on > self.until:
            return None
        self.add_entry(done_on)
        return self._later(done_on, 1, 5)

    def add_entry(self, day: date) -> None:
        """Log what the supervisor asked for."""
        self.entries.append(Writer(self.rng, self.training).afterthought(self.course, day))

    def submit(self, at: datetime) -> None:
        """Submit on everything that is logged by then."""
        claim, level = self.claim, self.course.requirement.level or 1
        if claim.submitted_at is not None:
            claim.attempt += 1
        claim.level_claimed, claim.level_signed, claim.submitted_at = level, None, at
        claim.note = phrases().any(self.rng, "notes")
        self.digests = {entry.id: digest_of(entry) for entry in self.entries if _is_logged(entry, at)}
        self.evidence += [
            {"claim_id": claim.id, "attempt": claim.attempt, "entry_id": entry_id, "digest": digest}
            for entry_id, digest in self.digests.items()
        ]
        move = Move(StepKind.SUBMITTED, make_id(self.rng), level, {"note": claim.note})
        self._move(at, self.training.trainee, move, ClaimStatus.SUBMITTED)

    def withdraw(self, at: datetime) -> None:
        """Take it back before anybody acted."""
        self.digests = {}
        self._move(at, self.training.trainee, Move(StepKind.WITHDRAWN, make_id(self.rng)), ClaimStatus.OPEN)

    def sign_off(self, at: datetime, comment: str) -> None:
        """Sign it, now and then at a level above the one that is needed."""
        signer, claim = self._supervisor(at), self.claim
        highest = max((level.value for level in self.training.scheme.outline.levels), default=1)
        level = min(highest, (claim.level_claimed or 1) + (self.rng.random() < SHARE_ABOVE))
        claim.level_signed, claim.signed_off_at, claim.signed_off_by_id = level, at, signer.id
        move = Move(StepKind.SIGNED_OFF, make_id(self.rng), level, {"comment": comment})
        self._move(at, signer, move, ClaimStatus.SIGNED_OFF)

    def return_(self, at: datetime, reason: str) -> None:
        """Give it back with a reason."""
        move = Move(StepKind.RETURNED, make_id(self.rng), None, {"reason": reason})
        self._move(at, self._supervisor(at), move, ClaimStatus.RETURNED)

    def revoke(self, at: datetime) -> None:
        """The signer noticed a slip on the same day."""
        self.digests = {}
        reason = phrases().any(self.rng, "revoke_reasons")
        move = Move(StepKind.REVOKED, make_id(self.rng), None, {"reason": reason})
        self._move(at, self._supervisor(at), move, ClaimStatus.REVOKED)

    def _move(self, at: datetime, actor: Person, move: Move, status: ClaimStatus) -> None:
        claim, code = self.claim, self.course.requirement.code
        claim.status, claim.moved_at, claim.version = status, at, claim.version + 1
        facts = on_record(claim, code, self.training.scheme.digest, self.digests)
        step = {
            "id": make_id(self.rng),
            "claim_id": claim.id,
            "attempt": claim.attempt,
            "kind": move.kind,
            "actor_id": actor.id,
            "at": at,
            "level": move.level,
            "comment": next(iter(move.texts.values()), ""),
        }
        self.happened.append(Happening(at, move.decision(actor, claim, **facts), self._told(at, move), step))

    def _told(self, at: datetime, move: Move) -> Told:
        people = [self.training.trainee.id]
        if move.kind in {StepKind.SUBMITTED, StepKind.WITHDRAWN}:
            people = [each.supervisor_id for each in self.training.supervisors_on(at.date())]
        return Told(NOTICES[move.kind], tuple(people), self.course.requirement.code, f"/claims/{self.claim.id}")

    def _supervisor(self, at: datetime) -> Person:
        return self.training.staff[self.training.supervisors_on(at.date())[0].supervisor_id]

    def _lag(self) -> int:
        """Days until a supervisor decides: mostly within two weeks, now and then many more."""
        if self.rng.random() < SHARE_SLOW:
            return self.rng.randrange(30, 90)
        return max(1, int(self.rng.lognormvariate(2.2, 0.8)))

    def _later(self, day: date, fewest: int, most: int) -> date:
        return self.calendar.on_or_after(day + self.rng.randint(fewest, most) * DAY)


def digest_of(entry: MadeEntry) -> str:
    """The digest of an entry, worked out once."""
    if not entry.digest:
        entry.digest = entry_digest(entry)
    return entry.digest


def _is_logged(entry: MadeEntry, at: datetime) -> bool:
    return entry.status is EntryStatus.LOGGED and entry.written_at < at


def _weekday(day: date) -> date:
    return day + max(0, 7 - day.weekday()) * DAY if day.weekday() >= WORKING_DAYS else day


def _open_claim(rng: Random, training: Training, course: Course) -> Claim:
    return Claim(
        id=make_id(rng),
        enrolment_id=training.enrolment.id,
        competency_id=course.requirement.id,
        trainee_id=training.trainee.id,
        status=ClaimStatus.OPEN,
        attempt=1,
        note="",
        version=0,
    )


def happened_to(stories: Sequence[ClaimStory]) -> list[Happening]:
    """Everything that happened. Order: story by story."""
    return [happening for story in stories for happening in story.happened]
