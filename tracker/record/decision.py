"""What is put on record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID


@dataclass(frozen=True)
class Decision:
    """One decision, before it has a number.

    `facts` hold ids, codes, whole numbers and digests, never names; `texts` go in as salted commitments. `key` is the
    press of the button: the same press is the same decision.
    """

    kind: str
    actor_id: UUID
    enrolment_id: UUID
    key: UUID
    facts: Mapping[str, Any]
    texts: Mapping[str, str]
