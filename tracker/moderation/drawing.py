"""How the samples of a visit are drawn. Anybody who has the seed and the list can draw them again. Pure.

1. The rank of something is the SHA-256 of the seed's 32 bytes followed by the 16 bytes of its id, as lower-case
   hexadecimal text; a smaller text comes first.
2. Where the visit is to be about so many trainees, they are the ones whose enrolments rank first. Else it is about all.
3. Of each of these trainees, the decisions that were signed off by one person are put in the order of their claims'
   ranks, and as many are drawn from the front as the visit takes of each trainee.
4. Of each, the first that was countersigned and the first that was returned are drawn as well, where there are any.
5. The samples are put in the order of their claims' ranks.

So what is drawn of one trainee depends on the seed and on that trainee's own decisions, and on nobody else's, unless
the visit is about so many trainees. The seed is made by the machine after the decisions were made.

Source: stratified random sampling; the seed is kept so that the draw can be checked.
"""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from uuid import UUID

from tracker.moderation.models import Stratum

EXTRA = (Stratum.COUNTERSIGNED, Stratum.RETURNED)


@dataclass(frozen=True)
class Candidate:
    """A decision that can be drawn."""

    claim_id: UUID
    enrolment_id: UUID
    stratum: Stratum
    decided_seq: int  # its event

    def plain(self) -> list[object]:
        """As it is kept with the visit, and as the list shows it."""
        return [str(self.claim_id), str(self.enrolment_id), self.stratum.value, self.decided_seq]


def rank(seed: str, each: UUID) -> str:
    """Where something comes in the order of a seed."""
    return hashlib.sha256(bytes.fromhex(seed) + each.bytes).hexdigest()


def draw(seed: str, candidates: Iterable[Candidate], each: int, trainees: int | None = None) -> list[Candidate]:
    """The samples. `each`: how many of each trainee, at least; `trainees`: of how many, None for all."""
    own: dict[UUID, list[Candidate]] = {}
    for candidate in sorted(candidates, key=lambda one: rank(seed, one.claim_id)):
        own.setdefault(candidate.enrolment_id, []).append(candidate)
    chosen = sorted(own, key=lambda enrolment_id: rank(seed, enrolment_id))[:trainees]
    drawn = [one for enrolment_id in chosen for one in _of_one(own[enrolment_id], each)]
    return sorted(drawn, key=lambda one: rank(seed, one.claim_id))


def _of_one(ranked: Sequence[Candidate], each: int) -> list[Candidate]:
    plain = [one for one in ranked if one.stratum is Stratum.SIGNED_OFF][:each]
    extra = [next((one for one in ranked if one.stratum is stratum), None) for stratum in EXTRA]
    return plain + [one for one in extra if one is not None]


def list_digest(candidates: Iterable[Candidate]) -> str:
    """The digest of a list: of its lines in order, each the claim, the enrolment, the kind and the event."""
    lines = sorted(" ".join(map(str, one.plain())) for one in candidates)
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()
