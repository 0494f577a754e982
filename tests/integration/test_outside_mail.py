"""People from outside who see no record of the place yet still have mail of what they are asked for."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import sqlalchemy as sa
import time_machine

from tests.integration.test_visits import CLOSES, DURING, NOW, OPENS, decided, judged, opened, people, world
from tests.visiting import Outside, known
from tests.world import World
from tracker.accounts.models import Person
from tracker.core.db import db
from tracker.core.mail import OutgoingMail
from tracker.moderation import final_actions as finals
from tracker.moderation import visit_actions as actions
from tracker.moderation.final_actions import Assignment, Found
from tracker.moderation.final_queries import get_candidate, get_final
from tracker.moderation.models import VisitOutcome
from tracker.moderation.visit_queries import get_visit
from tracker.notifications.actions import About, tell
from tracker.notifications.models import NoticeKind
from tracker.operations.worker import post_notices

__all__ = ["people", "world"]  # fixtures


def mailed_to(person: Person) -> list[str]:
    chosen = sa.select(OutgoingMail.subject).where(OutgoingMail.to_address == person.email)
    return list(db.session.scalars(chosen))


def test_the_moderator_the_opener_and_the_schemes_lead_have_mail_of_a_visit(world: World, people: Outside) -> None:
    decided(world, people)
    visit = opened(world, people, people.scheme_lead)
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        post_notices()
    assert mailed_to(people.moderator) == ["A visit to make: a visit"]
    with time_machine.travel(DURING, tick=False):
        visit = get_visit(known(people.moderator.id), visit.id)
        judged(people, visit)
        actions.hold_visit(people.moderator, visit, uuid4(), VisitOutcome.SATISFIED, "All well.")
        db.session.commit()
    with time_machine.travel(DURING + timedelta(days=1), tick=False):
        post_notices()
    assert mailed_to(people.scheme_lead) == ["Outcome of a visit: a visit"]


def test_who_has_no_part_in_a_visit_has_no_mail_of_it(world: World, people: Outside) -> None:
    decided(world, people)
    visit = opened(world, people)
    about = About(world.enrolment.id, "a visit", f"/visits/{visit.id}")
    tell(people.examiner.id, NoticeKind.VISIT_OPENED, world.lead, about)
    tell(people.moderator.id, NoticeKind.VISIT_OPENED, world.lead, about)
    db.session.commit()
    with time_machine.travel(datetime(2026, 4, 20, 12, tzinfo=UTC), tick=False):  # its days are over
        post_notices()
    assert mailed_to(people.examiner) == mailed_to(people.moderator) == []


def test_the_examiner_and_the_schemes_lead_have_mail_of_an_assessment(world: World, people: Outside) -> None:
    days = Assignment(uuid4(), people.examiner.id, OPENS, CLOSES)
    final = finals.assign(people.scheme_lead, get_candidate(people.scheme_lead, world.enrolment.id), days)
    db.session.commit()
    with time_machine.travel(NOW + timedelta(days=1), tick=False):
        post_notices()
    assert mailed_to(people.examiner) == ["A final assessment to make: a final assessment"]
    with time_machine.travel(DURING, tick=False):
        found = Found(uuid4(), dict.fromkeys(("portfolio", "viva"), "pass"), "pass")
        finals.record_final(people.examiner, get_final(people.examiner, final.id), found)
        db.session.commit()
    with time_machine.travel(DURING + timedelta(days=1), tick=False):
        post_notices()
    assert mailed_to(people.scheme_lead) == ["Final assessment on record: a final assessment"]
