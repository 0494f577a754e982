"""What of one version is what of another: the same code is the same, unless the mapping says otherwise. Pure."""

import hashlib
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass

from tracker.curricula.models import MappingKind, RequirementKind
from tracker.record.canonical import canonical

Coded = Mapping[str, RequirementKind]  # the requirements of a version, by their codes


@dataclass(frozen=True, order=True)
class Pair:
    """One line of a mapping: what a requirement of the one version is in the other."""

    from_code: str
    to_code: str
    kind: MappingKind


def digest_of(pairs: Collection[Pair]) -> str:
    """What tells two mappings apart: SHA-256 of the canonical bytes, whatever the order of the lines."""
    lines = [[pair.from_code, pair.to_code, pair.kind.value] for pair in sorted(pairs)]
    return hashlib.sha256(canonical(lines)).hexdigest()


def sources_of(old: Coded, new: Coded, pairs: Collection[Pair]) -> dict[str, tuple[str, ...]]:
    """For each requirement of the new version, the old ones that it comes from; what is new is left out.

    Order: as in the new version; several sources by their codes.
    """
    named = {pair.from_code for pair in pairs}
    found: dict[str, tuple[str, ...]] = {}
    for code, kind in new.items():
        mapped = sorted(p.from_code for p in pairs if p.to_code == code and p.kind is not MappingKind.DIFFERENT)
        if not mapped and code not in named and old.get(code) is kind:
            mapped = [code]
        if mapped:
            found[code] = tuple(mapped)
    return found


def why_not_mapping(old: Coded, new: Coded, pairs: Collection[Pair], *, one_scheme: bool) -> list[str]:
    """What is wrong with a mapping, a sentence for each thing; with several schemes or areas only "same" has a meaning.

    Source: a sign-off stands for what it was given for, so each line must say that without a doubt.
    """
    problems = [sentence for pair in sorted(set(pairs)) for sentence in _wrong_with(pair, old, new, one_scheme)]
    problems += [f"{pair.from_code} to {pair.to_code} is there twice." for pair in _repeated(pairs)]
    return problems + (list(_wrong_together(pairs)) if one_scheme else [])


def _wrong_with(pair: Pair, old: Coded, new: Coded, one_scheme: bool) -> Iterator[str]:
    if pair.from_code not in old:
        yield f"{pair.from_code} is not in the version that the mapping leads from."
    if pair.to_code not in new:
        yield f"{pair.to_code} is not in the version that the mapping leads to."
    kinds = old.get(pair.from_code), new.get(pair.to_code)
    if None not in kinds and kinds[0] is not kinds[1] and pair.kind is not MappingKind.DIFFERENT:
        yield f"{pair.from_code} is a {kinds[0]} and {pair.to_code} a {kinds[1]}: one cannot stand for the other."
    if pair.kind is MappingKind.DIFFERENT and pair.from_code != pair.to_code:
        yield f"“different” is for a code that was used again: {pair.from_code} and {pair.to_code} are two codes."
    if not one_scheme and pair.kind is not MappingKind.SAME:
        yield f"{pair.from_code} to {pair.to_code}: between two curricula or areas a line can only say “same”."


def _repeated(pairs: Collection[Pair]) -> Iterator[Pair]:
    return (pair for pair, number in Counter(pairs).items() if number > 1)


def _wrong_together(pairs: Collection[Pair]) -> Iterator[str]:
    """Lines that contradict each other."""
    distinct = {pair for pair in pairs if pair.kind is not MappingKind.DIFFERENT}
    for code in sorted({pair.to_code for pair in distinct}):
        to = [pair for pair in distinct if pair.to_code == code]
        if len(to) > 1 and any(pair.kind is not MappingKind.MERGED for pair in to):
            yield f"{code} comes from {len(to)} requirements: each of these lines must say “merged”."
        if len(to) == 1 and to[0].kind is MappingKind.MERGED:
            yield f"{code} is said to be merged and comes from {to[0].from_code} alone: say “same”, or add the other."
    for code in sorted({pair.from_code for pair in distinct}):
        parts = [pair for pair in distinct if pair.from_code == code]
        if len(parts) > 1 and any(pair.kind is not MappingKind.SPLIT for pair in parts):
            yield f"{code} leads to {len(parts)} requirements: each of these lines must say “split”."
        if len(parts) == 1 and parts[0].kind is MappingKind.SPLIT:
            yield f"{code} is said to be split and leads to {parts[0].to_code} alone: say “same”, or add the rest."
