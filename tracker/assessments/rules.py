"""When an assessment can be asked for, given and accepted: None means yes, otherwise the sentence a person reads."""

import re
from collections.abc import Collection
from datetime import date, datetime, timedelta

from tracker.accounts.models import Role
from tracker.assessments.models import Assessment, AssessmentLink, AssessmentStatus, LinkEnd
from tracker.logbook.models import EntryKind

LASTS = timedelta(days=30)
CODE_LASTS = timedelta(minutes=10)
REMIND_AFTER = timedelta(days=1)
MOST_OPEN = 20  # requests of one enrolment at a time
MOST_LINKS = 8  # of one assessment, reminders included
MOST_WRONG_CODES = 5
WRONG_CODES_COUNT_FOR = timedelta(minutes=15)
KEEPERS = frozenset({Role.ADMINISTRATOR, Role.AUDITOR})
ADDRESS = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]+@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+")  # what an email field takes
LONGEST_ADDRESS = 254
OVER = {
    AssessmentStatus.DECLINED: "it was declined",
    AssessmentStatus.WITHDRAWN: "the trainee withdrew it",
    AssessmentStatus.EXPIRED: "its time is over",
    AssessmentStatus.ANSWERED: "it was answered already",
    AssessmentStatus.DONE: "it was answered already",
    AssessmentStatus.NOT_ACCEPTED: "it was answered already",
}
LINK_OVER = {
    LinkEnd.USED: "The form behind this link was sent already. Thank you: there is nothing left for you to do.",
    LinkEnd.DECLINED: "You declined what this link was for. There is nothing left for you to do.",
    LinkEnd.PASSED_ON: "This was passed on to somebody else, who has a link of their own. There is nothing left to do.",
    LinkEnd.REPLACED: "A reminder with a newer link was sent to you. Open the link in the newest mail.",
    LinkEnd.TAKEN: "Somebody with an account took this over. There is nothing left for you to do.",
    LinkEnd.WITHDRAWN: "The person who asked has withdrawn this. There is nothing left for you to do.",
    LinkEnd.EXPIRED: "The time for this is over. If you still want to answer, tell whoever asked you to ask again.",
}
OTHER_KINDS = {"CBD": EntryKind.CASE_DISCUSSION, "WT": EntryKind.TESTIMONY, "TESTIMONY": EntryKind.TESTIMONY}


def entry_kind(form: str) -> EntryKind:
    """What sort of log entry an answered form is. Source: the usual names of forms in workplace-based assessment."""
    return OTHER_KINDS.get(form, EntryKind.OBSERVED_ASSESSMENT)


def why_not_this_address(address: str, own: str) -> str | None:
    """Why nobody can be asked at this address. Source: nobody assesses themselves."""
    if address == own:
        return "This is your own address. Nobody assesses themselves: ask somebody who watched you."
    if not ADDRESS.fullmatch(address) or len(address) > LONGEST_ADDRESS:
        return "Enter an email address, such as name@example.org."
    return None


def why_not_ask(performed_on: date, starts_on: date, today: date, open_already: int) -> str | None:
    """Source: an assessment is of work that was done in the training; a limit keeps mail from being misused."""
    if performed_on > today:
        return "Enter a day that has come: an assessment is of work that was done."
    if performed_on < starts_on:
        return "That day was before the training began. Check the day."
    if open_already >= MOST_OPEN:
        return f"You wait for {open_already} answers already. Withdraw what you no longer need, then ask again."
    return None


def why_not_form(form: str, known: Collection[str]) -> str | None:
    """Source: the curriculum's assessment forms."""
    return None if form in known else "The curriculum has no such form. Open the page again and choose one."


def why_not_assess(*, is_trainee: bool, in_training: bool) -> str | None:
    """Why this person cannot assess. Source: nobody assesses themselves, and a trainee does not assess."""
    if is_trainee:
        return "Nobody assesses themselves: ask somebody who watched you."
    if in_training:
        return (
            "Somebody who is in training at present cannot assess, and a training goes on until it is signed. "
            "Ask a colleague who has finished theirs."
        )
    return None


def why_not_in_these_roles(roles: Collection[Role], *, supervises: bool) -> str | None:
    """Source: who keeps the tracker, or reads what was done with it, has no part in what it holds."""
    if roles and not supervises and KEEPERS.issuperset(roles):
        return "An administrator or auditor cannot assess. Ask somebody who watched the work and knows it."
    return None


def why_not_answer(assessment: Assessment, at: datetime) -> str | None:
    """Source: a request is answered once, while it is open."""
    if assessment.status is not AssessmentStatus.ASKED:
        return f"This assessment is not open any more: {OVER[assessment.status]}."
    if assessment.expires_at <= at:
        return "This assessment is not open any more: its time is over. Tell the trainee to ask again."
    return None


def why_not_open(link: AssessmentLink, assessment: Assessment, at: datetime) -> str | None:
    """What a link that leads nowhere says: what happened, and nothing about whom."""
    if link.ended_as is not None:
        return LINK_OVER[link.ended_as]
    return LINK_OVER[LinkEnd.EXPIRED] if why_not_answer(assessment, at) else None


def why_not_withdraw(assessment: Assessment) -> str | None:
    """Source: a trainee may withdraw before anybody answered."""
    if assessment.status is not AssessmentStatus.ASKED:
        return f"There is nothing to withdraw: {OVER[assessment.status]}."
    return None


def why_not_remind(assessment: Assessment, at: datetime, links: int) -> str | None:
    """Source: at most one mail a day, and not for ever."""
    if why_not := why_not_answer(assessment, at):
        return why_not
    if not assessment.to_address and assessment.assessor_id is None:
        return "Nobody was asked by mail: show a code to somebody, or withdraw this and ask by mail."
    if at - (assessment.reminded_at or assessment.asked_at) < REMIND_AFTER:
        return "You asked or reminded less than a day ago. Wait until tomorrow, or talk to the person."
    return why_not_another_link(links)


def why_not_another_link(links: int) -> str | None:
    """Source: mail to people who have no account is kept within bounds."""
    if links >= MOST_LINKS:
        return "This was sent on too often. Withdraw it, and ask somebody anew."
    return None


def why_not_pass_on(address: str, own: str) -> str | None:
    """Source: passing on is to somebody else."""
    return "This is your own address: answer it here, or pass it on to somebody else." if address == own else None


def why_not_accept(assessment: Assessment) -> str | None:
    """Source: what somebody without an account says waits for a supervisor."""
    if assessment.status is AssessmentStatus.ANSWERED:
        return None
    decided = {AssessmentStatus.DONE: "it counts already", AssessmentStatus.NOT_ACCEPTED: "it was not accepted"}
    return f"There is nothing to decide here: {decided.get(assessment.status, 'it was not answered')}."


def why_not_without_a_reason(reason: str) -> str | None:
    """Source: whoever asked is told why it does not count, so that they can do better."""
    return None if reason.strip() else "Say why it does not count."


def why_wait(wrong_codes: int) -> str | None:
    """Why the next code has to wait. Source: a code has few characters, so guessing must end soon."""
    if wrong_codes < MOST_WRONG_CODES:
        return None
    return "You typed too many codes that were none. Wait 15 minutes, then ask the trainee for a new one."
