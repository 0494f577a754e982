"""What is put on record."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

OPERATOR = UUID(int=0)  # whoever runs commands on the machine: nobody with an account

THE_TRACKER = UUID(int=0)  # who decided where nobody did: a day came, as the curriculum had said it would


@dataclass(frozen=True)
class Decision:
    """One decision, before it has a number.

    `facts` hold ids, codes, whole numbers and digests, never names; `texts` go in as salted commitments. `key` is the
    press of the button: the same press is the same decision. Without an enrolment it is about the record as a whole.
    """

    kind: str
    actor_id: UUID
    enrolment_id: UUID | None
    key: UUID
    facts: Mapping[str, Any]
    texts: Mapping[str, str]
