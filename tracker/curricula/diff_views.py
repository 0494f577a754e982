"""The pages of two versions side by side: what changed, and the mapping between them."""

from collections.abc import Iterator
from typing import NamedTuple

from flask import Blueprint, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.core.clock import today
from tracker.core.errors import BadInput, allow
from tracker.curricula import drafts, permissions
from tracker.curricula.diff import Change, ChangeKind, RunKind
from tracker.curricula.mapping import Pair
from tracker.curricula.mapping_actions import keep_mapping
from tracker.curricula.mapping_file import read_lines
from tracker.curricula.mapping_forms import MappingForm
from tracker.curricula.mapping_queries import diff_of, list_pairs
from tracker.curricula.models import Version

bp = Blueprint("versions", __name__)
HEADINGS = {
    ChangeKind.ADDED: "New",
    ChangeKind.SPLIT: "Split",
    ChangeKind.MERGED: "Merged",
    ChangeKind.RERULED: "With another rule",
    ChangeKind.REWORDED: "Reworded",
    ChangeKind.MOVED: "Moved",
    ChangeKind.REPLANNED: "Planned otherwise",
    ChangeKind.REMOVED: "No longer asked for",
}
TAGS = {RunKind.KEPT: "", RunKind.ADDED: "ins", RunKind.REMOVED: "del"}


class ChangeRow(NamedTuple):
    """One change as the page shows it. A text is its name and its runs of words, each with the tag that marks it."""

    codes: str
    title: str
    also: str
    sentences: tuple[str, ...]
    texts: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


@bp.get("/curricula/<code>/diff/<int:old>/<int:new>")
def diff(code: str, old: int, new: int) -> ResponseReturnValue:
    """What changed from one version to another."""
    before, after = _seen(code, old, new)
    changed = diff_of(before, after)
    return render_template(
        "curricula/diff.html",
        before=before,
        after=after,
        is_empty=changed.is_empty,
        groups=[(heading, rows) for heading, rows in _groups(changed.requirements) if rows],
        sections=[_row(change) for change in changed.sections],
        others=changed.others,
        can_map=permissions.leads_scheme(viewer(), after.curriculum_id, today()),
    )


@bp.route("/curricula/<code>/mapping/<int:old>/<int:new>", methods=["GET", "POST"])
def mapping(code: str, old: int, new: int) -> ResponseReturnValue:
    """The mapping from one version to another, as the scheme lead keeps it."""
    before, after = _seen(code, old, new)
    allow(permissions.leads_scheme(viewer(), after.curriculum_id, today()))
    form = MappingForm()
    if not form.is_submitted():
        form.lines.data = "\n".join(map(_line, list_pairs(before.id, after.id)))
    elif form.validate() and _is_kept(before, after, form):
        return redirect(url_for("versions.diff", code=code, old=old, new=new, done="mapped"))
    return render_template("curricula/mapping.html", before=before, after=after, form=form), form.status


def _seen(code: str, old: int, new: int) -> tuple[Version, Version]:
    return drafts.get_seen(viewer(), code, old), drafts.get_seen(viewer(), code, new)


def _line(pair: Pair) -> str:
    return f"{pair.from_code}, {pair.to_code}, {pair.kind.value}"


def _is_kept(before: Version, after: Version, form: MappingForm) -> bool:
    """Whether the lines were kept; every problem is noted on the field."""
    try:
        keep_mapping(before, after, read_lines(form.lines.data or ""), "The mapping")
    except BadInput as bad:
        form.lines.errors = [
            f"{f'Line {each.row}: ' if each.row else ''}{each.what} {each.mend}" for each in bad.problems
        ]
        return False
    return True


def _groups(changes: tuple[Change, ...]) -> Iterator[tuple[str, list[ChangeRow]]]:
    """The changes under what matters most of each. Order: as ChangeKind has them."""
    for kind, heading in HEADINGS.items():
        yield heading, [_row(change) for change in changes if change.kinds[0] is kind]


def _row(change: Change) -> ChangeRow:
    codes = dict.fromkeys((*change.old_codes, *change.new_codes))
    texts = ((each.what, tuple((TAGS[run.kind], run.text) for run in each.runs)) for each in change.rewordings)
    also = ", ".join(kind.value for kind in change.kinds[1:])
    return ChangeRow(", ".join(codes), change.title, also, change.sentences, tuple(texts))
