"""The life of a claim, of a module's result and of reviews: the app beside a model that fits on a page."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from uuid import UUID, uuid4

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import invariant, precondition, rule

from tests.life import WHO, Life, kept
from tests.world import seen
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused
from tracker.curricula.models import Competency
from tracker.learning import actions as learning
from tracker.learning import queries as results
from tracker.learning.actions import ConfirmFacts, MarkFact, MarksFacts
from tracker.learning.models import MarkStatus, Registration, RegistrationStatus
from tracker.logbook import claim_actions as claims
from tracker.logbook.claim_actions import Submission
from tracker.logbook.models import Claim, ClaimStatus
from tracker.logbook.queries import lock_claim
from tracker.progress.models import Stage, Standing
from tracker.reviews.actions import ReviewFacts, hold_review

CAN_SUBMIT = {ClaimStatus.OPEN, ClaimStatus.RETURNED, ClaimStatus.REVOKED}
STAGES = {
    ClaimStatus.OPEN: Stage.IN_PROGRESS,
    ClaimStatus.SUBMITTED: Stage.SUBMITTED,
    ClaimStatus.SIGNED_OFF: Stage.DONE,
    ClaimStatus.RETURNED: Stage.RETURNED,
    ClaimStatus.REVOKED: Stage.REVOKED,
}


@dataclass
class ClaimModel:
    """What a claim should be."""

    status: ClaimStatus = ClaimStatus.OPEN
    version: int = 0
    attempt: int = 0
    signer: str = ""

    def expected(self, move: str, who: str, *, stale: bool) -> type[Exception] | None:
        """What the move should raise: who may not comes before what is too late."""
        able = {"submit": {"trainee"}, "withdraw": {"trainee"}, "sign": {"supervisor"}, "give_back": {"supervisor"}}
        from_here = {"submit": CAN_SUBMIT, "revoke": {ClaimStatus.SIGNED_OFF}}.get(move, {ClaimStatus.SUBMITTED})
        if who not in able.get(move, {"lead", self.signer}):
            return Forbidden
        return Refused if self.status not in from_here or (stale and move != "submit") else None

    def moved(self, move: str, who: str) -> None:
        """The move was made."""
        self.status = AFTER[move]
        self.version += 1
        if move == "submit":
            self.attempt, self.signer = self.attempt + 1, ""
        if move == "sign":
            self.signer = who


AFTER = {
    "submit": ClaimStatus.SUBMITTED,
    "withdraw": ClaimStatus.OPEN,
    "sign": ClaimStatus.SIGNED_OFF,
    "give_back": ClaimStatus.RETURNED,
    "revoke": ClaimStatus.REVOKED,
}


class LifeOfAClaim(Life):
    """Anybody tries anything with a claim, in any order, with pages old and new."""

    def start(self) -> None:
        self.model = ClaimModel()
        self.competency = db.session.get_one(Competency, self.place.things["GEN-1"])

    def claim(self) -> Claim:
        """The claim as it is."""
        return lock_claim(db.session.scalars(sa.select(Claim.id)).one())

    @rule(who=WHO, key=st.builds(uuid4))
    def submit(self, who: str, key: UUID) -> None:
        def again(words: str) -> object:
            actor = self.cast.people[who]
            return claims.submit(actor, self.cast.enrolment, self.competency, Submission(key, 2, words))

        self.tried("submit", who, again, stale=False)

    @precondition(lambda self: self.model.version)
    @rule(who=WHO, move=st.sampled_from(["withdraw", "sign", "give_back", "revoke"]), stale=st.booleans())
    def decide(self, who: str, move: str, *, stale: bool) -> None:
        claim = self.claim()
        shown = seen(claim)
        shown = replace(shown, version=shown.version - 1) if stale else shown
        actor, claim_id = self.cast.people[who], claim.id
        moves: dict[str, Callable[[str], object]] = {
            "withdraw": lambda _: claims.withdraw(actor, claim_id, shown),
            "sign": lambda words: claims.sign_off(actor, claim_id, shown, 2, words),
            "give_back": lambda words: claims.return_(actor, claim_id, shown, words),
            "revoke": lambda words: claims.revoke(actor, claim_id, shown, words),
        }
        self.tried(move, who, moves[move], stale=stale)

    def tried(self, move: str, who: str, again: Callable[[str], object], *, stale: bool) -> None:
        expected = self.model.expected(move, who, stale=stale)
        if self.press(again, expected, has_words=move != "withdraw"):
            self.model.moved(move, who)

    @invariant()
    def the_claim_is_as_the_model_says(self) -> None:
        if not hasattr(self, "model") or not self.model.version:
            return
        claim = self.claim()
        assert (claim.status, claim.version, claim.attempt) == (
            self.model.status,
            self.model.version,
            self.model.attempt,
        )
        standing = db.session.get_one(Standing, (self.cast.enrolment.id, self.competency.id))
        assert standing.stage is STAGES[self.model.status]


class LifeOfAResult(Life):
    """Marks are recorded, confirmed, and the trainee leaves and comes back."""

    def start(self) -> None:
        self.status: RegistrationStatus | None = None
        self.marked = self.ratified = False

    @rule(who=WHO)
    def register(self, who: str) -> None:
        expected = self.expected(who, {None, RegistrationStatus.REGISTERED, RegistrationStatus.WITHDRAWN})
        actor, module_id = self.cast.people[who], self.place.things["module"]
        if kept(lambda: learning.register(actor, self.cast.enrolment, module_id, date(2026, 1, 5)), expected):
            self.status = RegistrationStatus.REGISTERED

    @precondition(lambda self: self.status)
    @rule(who=WHO, ratified=st.booleans(), stale=st.booleans())
    def record(self, who: str, *, ratified: bool, stale: bool) -> None:
        registration = self.registration()
        status = MarkStatus.RATIFIED if ratified else MarkStatus.PROVISIONAL
        marks = tuple(MarkFact(self.place.things[part], Decimal(65), status) for part in ("exam", "work"))
        facts = MarksFacts(registration.version - stale, 1, marks)
        expected = self.expected(who, {RegistrationStatus.REGISTERED}, stale=stale)
        actor = self.cast.people[who]
        if kept(lambda: learning.record_marks(actor, self.cast.enrolment, registration.id, facts), expected):
            self.marked, self.ratified = True, ratified

    @precondition(lambda self: self.status)
    @rule(who=WHO, stale=st.booleans(), key=st.builds(uuid4))
    def confirm(self, who: str, key: UUID, *, stale: bool) -> None:
        registration = self.registration()
        facts = ConfirmFacts(key, registration.version - stale)
        expected = self.expected(who, {RegistrationStatus.REGISTERED}, stale=stale, but="trainee")
        if expected is None and not (self.marked and self.ratified):
            expected = Refused
        actor = self.cast.people[who]
        if self.press(
            lambda _: learning.confirm(actor, self.cast.enrolment, registration.id, facts), expected, has_words=False
        ):
            self.status = RegistrationStatus.CONFIRMED

    @precondition(lambda self: self.status)
    @rule(who=WHO, stale=st.booleans())
    def leave(self, who: str, *, stale: bool) -> None:
        registration = self.registration()
        expected = self.expected(who, {RegistrationStatus.REGISTERED}, stale=stale)
        version, actor = registration.version - stale, self.cast.people[who]
        if kept(lambda: learning.withdraw(actor, self.cast.enrolment, registration.id, version), expected):
            self.status = RegistrationStatus.WITHDRAWN

    def expected(
        self, who: str, from_here: set[RegistrationStatus | None], *, stale: bool = False, but: str = ""
    ) -> type[Exception] | None:
        """What it should raise: an assessor of the award may do none of it."""
        if who in {"stranger", but}:
            return Forbidden
        return Refused if stale or self.status not in from_here else None

    def registration(self) -> Registration:
        """The registration as it is."""
        found = results.find_registration(self.cast.enrolment.id, self.place.things["module"])
        assert found is not None
        return found

    @invariant()
    def the_registration_is_as_the_model_says(self) -> None:
        if getattr(self, "status", None):
            assert self.registration().status is self.status


class LifeOfReviews(Life):
    """Reviews are held by those who may, of days that have been."""

    @rule(who=WHO, days=st.integers(-400, 2), key=st.builds(uuid4))
    def hold(self, who: str, days: int, key: UUID) -> None:
        held_on = today() + timedelta(days=days)
        expected = None if self.cast.enrolment.starts_on <= held_on <= today() else Refused
        actor = self.cast.people[who]

        def again(words: str) -> object:
            return hold_review(actor, self.cast.enrolment, ReviewFacts(key, held_on, holder_note=words))

        self.press(again, expected if who in {"supervisor", "lead"} else Forbidden)
