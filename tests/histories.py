"""Random lives of claims: each move where the rules let it, an hour apart, so that no two times are the same."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

import hypothesis.strategies as st
import sqlalchemy as sa

from tests.integration.test_second_signature import add_supervisor
from tests.world import SCHEME, World, make_world, seen
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.core.errors import TrackerError
from tracker.logbook import claim_actions, lapse_actions, second_actions
from tracker.logbook.models import Claim, ClaimEvidence

BEGINS = datetime(2026, 3, 10, 12, tzinfo=UTC)
YEAR = timedelta(days=400)
VALID = {"kinds": [kind | {"validity_months": 12} for kind in SCHEME["kinds"]]}
SCHEMES = (SCHEME | VALID, SCHEME | VALID | {"signatures": {"countersign": True}})
MOVES = (
    *("submit", "withdraw", "sign_off", "countersign", "return", "return_part", "revoke"),
    *("decline", "pass_on", "lapse", "holds", "holds_not"),
)
MOVE_LISTS = st.lists(st.tuples(st.sampled_from(MOVES), st.sampled_from(("GEN-1", "NM-1"))), max_size=12)
EVERY_MOVE = (
    *("submit", "withdraw", "submit", "return_part", "submit", "decline", "pass_on", "sign_off", "countersign"),
    *("lapse", "holds", "lapse", "holds_not", "submit", "sign_off", "return", "submit", "sign_off", "countersign"),
    *("revoke", "submit"),
)


@dataclass
class History:
    """A trainee with two supervisors, and what happens to their claims."""

    world: World
    second: Person
    clock: Any

    def act(self, move: str, code: str) -> None:
        """One move, undone where a rule says no."""
        self.clock.shift(YEAR if move == "lapse" else timedelta(hours=1))
        claim = db.session.scalar(sa.select(Claim).where(Claim.competency_id == self.world.id_of(code)))
        with suppress(TrackerError), db.session.begin_nested():
            if move == "submit":
                self.world.submitted(code)
            elif claim is not None:
                self._moves(claim)[move]()
        db.session.flush()

    def _moves(self, claim: Claim) -> dict[str, Callable[[], object]]:
        supervisor, claim_id, press = self.world.supervisor, claim.id, seen(claim)
        return {
            "withdraw": lambda: claim_actions.withdraw(self.world.trainee, claim_id, press),
            "sign_off": lambda: claim_actions.sign_off(supervisor, claim_id, press, claim.level_claimed or 1, "Good."),
            "countersign": lambda: second_actions.countersign(self.second, claim_id, press, "I agree."),
            "return": lambda: claim_actions.return_(supervisor, claim_id, press, "More is needed."),
            "return_part": lambda: claim_actions.return_(supervisor, claim_id, press, "Not this.", _one_of(claim)),
            "revoke": lambda: claim_actions.revoke(self.world.lead, claim_id, press, "A slip."),
            "decline": lambda: second_actions.decline(supervisor, claim_id, press, "Not mine.", None),
            "pass_on": lambda: second_actions.pass_on(supervisor, claim_id, press, self.second.id, "You saw it."),
            "lapse": lambda: lapse_actions.lapse_ended(self.world.enrolment, claim.competency_id),
            "holds": lambda: lapse_actions.recheck(supervisor, claim_id, press, holds=True, looked_at="Watched it."),
            "holds_not": lambda: lapse_actions.recheck(
                supervisor, claim_id, press, holds=False, looked_at="Forgot it."
            ),
        }


def begin(scheme: dict[str, Any], clock: Any) -> History:
    """A new trainee under this scheme."""
    world = make_world(scheme)
    history = History(world, add_supervisor(world), clock)
    for code in ("GEN-1", "NM-1"):  # so that an entry can be rejected and one is left
        world.logged(code)
    return history


def _one_of(claim: Claim) -> set[Any]:
    attempt = sa.and_(ClaimEvidence.claim_id == claim.id, ClaimEvidence.attempt == claim.attempt)
    first = db.session.scalars(
        sa.select(ClaimEvidence.entry_id).where(attempt).order_by(ClaimEvidence.entry_id)
    ).first()
    return {first or uuid4()}
