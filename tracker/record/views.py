"""What anybody may read of the record without an account: its keys and its newest checkpoint."""

from flask import Blueprint, Response, jsonify

from tracker.core.errors import NotFound
from tracker.record import checkpoints, keys, notary

bp = Blueprint("record", __name__, url_prefix="/record")


@bp.get("/keys")
def published_keys() -> Response:
    """The notary's public keys, oldest first, with the signed notes by which they came."""
    return jsonify({"origin": notary.origin(), "keys": keys.public_keys()})


@bp.get("/checkpoint")
def checkpoint() -> Response:
    """The newest checkpoint as it was signed: whoever keeps one can show later that the record was changed."""
    newest = checkpoints.latest_checkpoint()
    if newest is None:
        raise NotFound("Nothing is sealed yet.")
    return Response(newest.note, mimetype="text/plain")
