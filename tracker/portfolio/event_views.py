"""One event, with all that anybody needs to check it by hand."""

import json

from flask import Blueprint, Response, jsonify, render_template
from flask.typing import ResponseReturnValue

from tracker.accounts.queries import viewer
from tracker.core.errors import NotFound, Refused
from tracker.portfolio.event_queries import get_event
from tracker.record.assertions import find_assertion, why_not_signed
from tracker.record.checkpoints import checkpoint_covering, is_sealed, list_vkeys
from tracker.record.receipts import receipt_name, write_receipts

bp = Blueprint("events", __name__, url_prefix="/events")
WAITS = "This event is recorded and not yet sealed, which takes some seconds. Open the page again in a minute."


@bp.get("/<int:seq>")
def event(seq: int) -> ResponseReturnValue:
    """What was put on record, and what shows that it was."""
    found, checkpoint = get_event(viewer(), seq), checkpoint_covering(seq)
    receipt = write_receipts([seq])[seq] if checkpoint else ""
    assertion = find_assertion(seq)
    return render_template(
        "portfolio/event.html",
        event=found,
        body=found.body.decode(),
        checkpoint=checkpoint,
        proof=receipt.partition("\n\n")[0].splitlines()[3:],
        vkeys=list_vkeys(),
        assertion=assertion,
        unfit=assertion and why_not_signed(assertion, json.loads(found.body)),
    )


@bp.get("/<int:seq>/receipt")
def receipt(seq: int) -> ResponseReturnValue:
    """The receipt of an event, as it also comes by mail."""
    get_event(viewer(), seq)
    if not is_sealed(seq):
        raise Refused(WAITS)
    answer = Response(write_receipts([seq])[seq], mimetype="text/plain")
    answer.headers.set("Content-Disposition", "attachment", filename=receipt_name(seq))
    return answer


@bp.get("/<int:seq>/passkey")
def passkey(seq: int) -> ResponseReturnValue:
    """What the signer's passkey signed, as plain data in hexadecimal."""
    get_event(viewer(), seq)
    assertion = find_assertion(seq)
    if assertion is None:
        raise NotFound("No passkey signed this event.")
    return jsonify(assertion.plain)
