"""What the lives of claims, results and reviews have in common: people, presses, and a record that holds each once."""

from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from sqlalchemy.orm import selectinload

from tests.award import Award
from tests.world import World
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.core.errors import Forbidden, Refused, Reused
from tracker.enrolments.models import Enrolment
from tracker.enrolments.queries import get_enrolment
from tracker.record import verify
from tracker.record.models import Event

WHO = st.sampled_from(["trainee", "supervisor", "lead", "stranger"])
WORDS = "As agreed."


@dataclass(frozen=True)
class Press:
    """A press that was kept: how to press again, the number of its event, and whether its form has words."""

    again: Callable[[str], object]
    seq: int
    has_words: bool


@dataclass
class Cast:
    """Where a life is lived, read afresh. Every life is rolled back in the end."""

    people: dict[str, Person]
    enrolment: Enrolment
    presses: list[Press] = field(default_factory=list)


@dataclass(frozen=True)
class Place:
    """Where lives are lived, by ids: whoever they are, and what they learn."""

    people: dict[str, UUID]
    enrolment_id: UUID
    things: dict[str, UUID]


def place_of(world: World | Award) -> Place:
    """A small department, and what there is to learn."""
    things = (
        {code: competency.id for code, competency in world.competencies.items()}
        if isinstance(world, World)
        else {name: getattr(world, name).id for name in ("module", "exam", "work")}
    )
    people = {name: getattr(world, name).id for name in ("trainee", "supervisor", "lead", "stranger")}
    return Place(people, world.enrolment.id, things)


def cast_of(place: Place) -> Cast:
    """The people, with their grants."""
    chosen = sa.select(Person).where(Person.id.in_(place.people.values())).options(selectinload(Person.grants))
    found = {person.id: person for person in db.session.scalars(chosen)}
    people = {name: found[person_id] for name, person_id in place.people.items()}
    return Cast(people, get_enrolment(people["trainee"], place.enrolment_id))


def kept(act: Callable[[], object], expected: type[Exception] | None) -> bool:
    """Do something. Gives whether it was kept, which must be what the model says, as must be how it was refused."""
    refused = None
    try:
        with db.session.begin_nested():
            act()
    except (Forbidden, Refused) as no:
        refused = no
    assert (refused is None) == (expected is None), refused or "It should have been refused."
    assert expected is None or isinstance(refused, expected), refused
    return refused is None


class Life(RuleBasedStateMachine):
    """What all lives have in common: presses that are kept, and can be pressed again."""

    place: Place  # set by the test

    @initialize()
    def begin(self) -> None:
        db.session.rollback()
        db.session.expunge_all()
        self.cast = cast_of(self.place)
        self.start()

    def start(self) -> None:
        """The model before anything happened."""

    def press(
        self, again: Callable[[str], object], expected: type[Exception] | None, *, has_words: bool = True
    ) -> bool:
        """Press a button. Gives whether it was kept, which must be what the model says."""
        if not kept(lambda: again(WORDS), expected):
            return False
        self.cast.presses.append(Press(again, newest(), has_words))
        return True

    @precondition(lambda self: self.cast.presses)
    @rule(data=st.data())
    def press_the_same_again(self, data: st.DataObject) -> None:
        press, before = data.draw(st.sampled_from(self.cast.presses)), newest()
        with db.session.begin_nested():
            press.again(WORDS)
        assert newest() == before

    @precondition(lambda self: self.cast.presses)
    @rule(data=st.data())
    def press_again_with_other_words(self, data: st.DataObject) -> None:
        press, before = data.draw(st.sampled_from(self.cast.presses)), newest()
        if not press.has_words:
            return
        try:
            with db.session.begin_nested():
                press.again("Something else.")
        except Reused:
            assert newest() == before
        else:
            raise AssertionError("The key of another press was taken.")

    @invariant()
    def the_record_holds_each_press_once(self) -> None:
        if hasattr(self, "cast"):
            assert [press.seq for press in self.cast.presses] == list(db.session.scalars(own_events(self.cast)))

    def teardown(self) -> None:
        if hasattr(self, "cast"):
            assert list(verify.faults()) == []
        db.session.rollback()  # what happened has never been
        db.session.expunge_all()


def newest() -> int:
    """The number of the last event."""
    return db.session.scalar(sa.select(sa.func.max(Event.seq))) or 0


def own_events(cast: Cast) -> sa.Select[int]:
    """The numbers of this enrolment's events."""
    return sa.select(Event.seq).where(Event.enrolment_id == cast.enrolment.id).order_by(Event.seq)
