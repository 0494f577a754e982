"""When mail leaves: nobody is woken, and what was written since the last time comes in one message. Pure."""

from datetime import datetime, time, timedelta

from tracker.notifications.models import MailTime

DAY_BEGINS, DAY_ENDS = time(7), time(20)
MAIL_LEAVES = time(7, 30)
MONDAY, SATURDAY = 0, 5
ONE_DAY = timedelta(days=1)


def may_send(local: datetime) -> bool:
    """Whether mail may leave now, by the clock on the wall. Source: nothing between 20:00 and 07:00."""
    return DAY_BEGINS <= local.time() < DAY_ENDS


def next_time(local: datetime) -> datetime:
    """The first time from now on, by the clock on the wall, at which mail may leave."""
    if may_send(local):
        return local
    day = local if local.time() < DAY_BEGINS else local + ONE_DAY
    return day.replace(hour=DAY_BEGINS.hour, minute=0, second=0, microsecond=0, fold=0)


def last_time(choice: MailTime, local: datetime) -> datetime:
    """The latest time, by the clock on the wall, at which somebody who chose so has mail.

    What was written by then is due. Where nothing is to be mailed, what was written is done with at once.
    """
    if choice in {MailTime.AT_ONCE, MailTime.NEVER}:
        return local
    at = local.replace(hour=MAIL_LEAVES.hour, minute=MAIL_LEAVES.minute, second=0, microsecond=0, fold=0)
    while at > local or not _has_mail(choice, at):
        at -= ONE_DAY
    return at


def _has_mail(choice: MailTime, day: datetime) -> bool:
    return day.weekday() == MONDAY if choice is MailTime.WEEKLY else day.weekday() < SATURDAY
