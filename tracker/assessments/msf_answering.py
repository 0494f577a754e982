"""What a colleague does through a link: answering once, or saying no. Nothing is noted of who said what, or when."""

from tracker.assessments import msf_queries as queries
from tracker.assessments import msf_rules as rules
from tracker.assessments.answering_actions import LinkOver
from tracker.assessments.answers import Answers
from tracker.assessments.msf_actions import form_of
from tracker.assessments.msf_collation import comments_in
from tracker.assessments.msf_models import (
    ColleagueStatus,
    FeedbackAnswer,
    FeedbackColleague,
    FeedbackComment,
    FeedbackRound,
)
from tracker.core.clock import today
from tracker.core.db import db
from tracker.core.errors import NotFound


def answer(token: str, answers: Answers) -> None:
    """Keep a colleague's answers, each comment apart from the rest. Raises NotFound, LinkOver."""
    colleague, asked = _lock(token)
    check_open(colleague, asked)
    comments = comments_in(form_of(asked.version_id, asked.form), answers)
    rest = {code: answer for code, answer in answers.items() if code not in comments}
    db.session.add(FeedbackAnswer(round_id=asked.id, answers=rest))
    db.session.add_all(FeedbackComment(round_id=asked.id, question=code, text=text) for code, text in comments.items())
    colleague.status = ColleagueStatus.ANSWERED
    asked.answered += 1


def decline(token: str) -> None:
    """Note that a colleague would rather not. Raises NotFound, LinkOver."""
    colleague, asked = _lock(token)
    check_open(colleague, asked)
    colleague.status = ColleagueStatus.DECLINED


def check_open(colleague: FeedbackColleague, asked: FeedbackRound) -> None:
    """Raises LinkOver when the link leads nowhere any more."""
    why_not = rules.why_not_answer(asked, colleague.status, today())
    if why_not is not None:
        raise LinkOver(why_not)


def _lock(token: str) -> tuple[FeedbackColleague, FeedbackRound]:
    """The colleague and the round as they are now, both held. Raises NotFound."""
    colleague = queries.find_colleague(token)
    if colleague is None:
        raise NotFound
    asked = queries.lock_round(colleague.round_id)
    db.session.refresh(colleague)
    return colleague, asked
