"""The page of what moving everybody to another version would do, in counts: a scheme lead sees no names."""

from collections import Counter
from typing import NamedTuple

from flask import Blueprint, render_template
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import allow
from tracker.curricula.permissions import leads_scheme
from tracker.curricula.queries import get_version
from tracker.operations import moving
from tracker.operations.moving_plan import Fate, Plan, route_between

bp = Blueprint("moving", __name__)


class Row(NamedTuple):
    """One requirement, and for how many trainees it has each fate."""

    code: str
    carries: int
    confirm: int
    unmet: int
    left: int


@bp.get("/curricula/<code>/moving/<int:old>/<int:new>")
def plans(code: str, old: int, new: int) -> ResponseReturnValue:
    """What would carry over, what would be confirmed, and what would become unmet. Nothing is changed."""
    before, after = get_version(code, old), get_version(code, new)
    allow(leads_scheme(viewer(), after.curriculum_id, today()))
    route = route_between(before, after)
    planned = [moving.plan(enrolment_id, route) for enrolment_id in moving.list_on(before)]
    return render_template(
        "operations/plans.html",
        before=before,
        after=after,
        rows=_rows(planned),
        trainees=len(planned),
        reasons=Counter(plan.why_not for plan in planned if plan.why_not).most_common(),
    )


def _rows(planned: list[Plan]) -> list[Row]:
    """Order: as in the new version, what is left behind last."""
    fates = Counter((line.code, line.fate) for plan in planned for line in plan.lines)
    codes = dict.fromkeys(line.code for plan in planned for line in plan.lines)
    return [Row(code, *(fates[code, fate] for fate in Fate)) for code in codes]
