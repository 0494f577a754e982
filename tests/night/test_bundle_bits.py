"""Every bit of a bundle of twenty events, each flipped once. It takes some minutes."""

import pytest
from flask import Flask

from tests.world import SCHEME, make_world
from tracker.core.db import db
from tracker.portfolio.bundle import make_bundle
from tracker.record import notary
from tracker.record.checkpoints import list_vkeys
from tracker.record.verifier import read_zip, verify

EVENTS = 20


@pytest.mark.night
def test_every_bit_of_a_bundle_of_twenty_events_is_found(app: Flask) -> None:
    competencies = [
        {"code": f"GEN-{number}", "statement": f"Do this {number}.", "guidance": "Seen.", "kind": "once"}
        for number in range(1, EVENTS // 2 + 1)
    ]
    generic = SCHEME["sections"][0] | {"competencies": competencies}
    world = make_world(SCHEME | {"sections": [generic, *SCHEME["sections"][1:]]})
    for number in range(1, EVENTS // 2 + 1):
        world.signed(f"GEN-{number}")
    db.session.commit()
    notary.seal()
    bundle, trusted = make_bundle(world.trainee), {list_vkeys()[0]: None}
    assert len([name for name in read_zip(bundle) if name.startswith("events/")]) == EVENTS
    assert verify(bundle, trusted)[0] == "VALID"
    changed = bytearray(bundle)
    missed = []
    for at in range(8 * len(bundle)):
        changed[at // 8] ^= 1 << at % 8
        if verify(bytes(changed), trusted)[0] != "INVALID":
            missed.append(at)
        changed[at // 8] ^= 1 << at % 8
    assert missed == []
