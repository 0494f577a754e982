"""What changed from one version of a curriculum to another, in sentences and with the words marked. Pure."""

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, fields
from difflib import SequenceMatcher
from enum import StrEnum
from functools import cached_property

from tracker.curricula.diff_rules import form_changes, module_changes, plan_changes, rule_changes
from tracker.curricula.document import Competency, Document, Kind, Module, Section
from tracker.curricula.mapping import Pair, sources_of
from tracker.curricula.models import RequirementKind
from tracker.curricula.rules import joined

WORD = re.compile(r"\w+|\s+|[^\w\s]")
SAID = {
    "code",
    "title",
    "sections",
    "kinds",
    "assessments",
    "uses",
    "origin",
    "links",
}  # elsewhere, or nobody's concern


class ChangeKind(StrEnum):
    """What can happen to a requirement or a section. What is reworded, moved or re-planned keeps its sign-off."""

    ADDED = "added"
    SPLIT = "split"
    MERGED = "merged"
    RERULED = "re-ruled"
    REWORDED = "reworded"
    MOVED = "moved"
    REPLANNED = "re-planned"
    REMOVED = "removed"


class RunKind(StrEnum):
    """Whether a run of words is in both texts, or in one."""

    KEPT = "kept"
    ADDED = "added"
    REMOVED = "removed"


@dataclass(frozen=True)
class Run:
    """Words that stand together and have the same fate."""

    kind: RunKind
    text: str


@dataclass(frozen=True)
class Rewording:
    """One text that changed: which, and its words. Order: as they are read, what went before what came."""

    what: str
    runs: tuple[Run, ...]


@dataclass(frozen=True, kw_only=True)
class Change:
    """What happened to one requirement or section, or to those that were split or merged."""

    kinds: tuple[ChangeKind, ...]
    old_codes: tuple[str, ...] = ()
    new_codes: tuple[str, ...] = ()
    title: str
    sentences: tuple[str, ...] = ()
    rewordings: tuple[Rewording, ...] = ()


@dataclass(frozen=True)
class Diff:
    """Everything that changed. Order: as in the new version, what was removed last."""

    requirements: tuple[Change, ...]
    sections: tuple[Change, ...]
    others: tuple[str, ...]  # parts of the curriculum that are neither, in sentences
    sources: Mapping[str, tuple[str, ...]]  # of each requirement of the new version that is not new

    @property
    def is_empty(self) -> bool:
        """Whether the two versions ask the same in the same words."""
        return not (self.requirements or self.sections or self.others)

    def of(self, kind: ChangeKind) -> list[Change]:
        """The requirements to which this happened."""
        return [change for change in self.requirements if kind in change.kinds]

    def find(self, new_code: str) -> Change | None:
        """What happened to a requirement of the new version; None when nothing did."""
        return self._by_new_code.get(new_code)

    @cached_property
    def _by_new_code(self) -> Mapping[str, Change]:
        return {code: change for change in self.requirements for code in change.new_codes}


@dataclass(frozen=True)
class _Placed:
    """A requirement with its section and, for a competency, its kind."""

    item: Competency | Module
    section: Section
    kind: Kind | None

    @property
    def title(self) -> str:
        return self.item.statement if isinstance(self.item, Competency) else self.item.title

    @property
    def texts(self) -> dict[str, str]:
        if isinstance(self.item, Competency):
            return {"statement": self.item.statement, "guidance": self.item.guidance}
        return {"title": self.item.title, "about": self.item.about, "provider": self.item.provider}


def compare(old: Document, new: Document, pairs: Collection[Pair] = ()) -> Diff:
    """Everything that changed between two versions, by codes and mapping. Needs: a mapping without faults."""
    before, after = _placed(old), _placed(new)
    sources = sources_of(_coded(before), _coded(after), pairs)
    changes = [*_new_or_changed(before, after, sources), *_removed(before, sources)]
    return Diff(tuple(changes), tuple(_section_changes(old, new)), tuple(_other_changes(old, new)), sources)


def coded(document: Document) -> dict[str, RequirementKind]:
    """The requirements of a document by their codes. Order: as the document has them."""
    return _coded(_placed(document))


def words_of(old: str, new: str) -> tuple[Run, ...]:
    """Two texts as one: what both have, what only the old and what only the new has."""
    before, after = WORD.findall(old), WORD.findall(new)
    runs: list[Run] = []
    for tag, first, last, start, end in SequenceMatcher(str.isspace, before, after, autojunk=False).get_opcodes():
        if tag == "equal":
            runs.append(Run(RunKind.KEPT, "".join(before[first:last])))
            continue
        gone, come = "".join(before[first:last]), "".join(after[start:end])
        runs += [Run(kind, text) for kind, text in ((RunKind.REMOVED, gone), (RunKind.ADDED, come)) if text]
    return tuple(runs)


def _placed(document: Document) -> dict[str, _Placed]:
    kinds = {kind.code: kind for kind in document.kinds}
    found: dict[str, _Placed] = {}
    for section in document.every_section():
        found |= {each.code: _Placed(each, section, kinds.get(each.kind)) for each in section.competencies}
        found |= {each.code: _Placed(each, section, None) for each in section.modules}
    return found


def _coded(placed: Mapping[str, _Placed]) -> dict[str, RequirementKind]:
    modules = {code for code, each in placed.items() if isinstance(each.item, Module)}
    return {code: RequirementKind.MODULE if code in modules else RequirementKind.COMPETENCY for code in placed}


def _new_or_changed(
    before: Mapping[str, _Placed], after: Mapping[str, _Placed], sources: Mapping[str, tuple[str, ...]]
) -> Iterator[Change]:
    parts: dict[str, list[str]] = {}
    for code, from_codes in sources.items():
        for each in from_codes:
            parts.setdefault(each, []).append(code)
    for code, placed in after.items():
        from_codes = sources.get(code, ())
        if not from_codes:
            yield Change(kinds=(ChangeKind.ADDED,), new_codes=(code,), title=placed.title)
        elif len(from_codes) > 1:
            yield _merged(from_codes, code, placed, before)
        elif len(split := parts[from_codes[0]]) > 1:
            if code == split[0]:
                yield _split(from_codes[0], tuple(split), before, after)
        elif (change := _changed(before[from_codes[0]], placed)) is not None:
            yield change


def _merged(from_codes: tuple[str, ...], code: str, placed: _Placed, before: Mapping[str, _Placed]) -> Change:
    said = [f"{joined(list(from_codes), 'and')} were merged into {code}."]
    said += [f"{each} asked: {before[each].title}" for each in from_codes]
    return Change(
        kinds=(ChangeKind.MERGED,), old_codes=from_codes, new_codes=(code,), title=placed.title, sentences=tuple(said)
    )


def _split(
    from_code: str, codes: tuple[str, ...], before: Mapping[str, _Placed], after: Mapping[str, _Placed]
) -> Change:
    said = [f"{from_code} was split into {joined(list(codes), 'and')}."]
    said += [f"{each} asks: {after[each].title}" for each in codes]
    title = before[from_code].title
    return Change(
        kinds=(ChangeKind.SPLIT,), old_codes=(from_code,), new_codes=codes, title=title, sentences=tuple(said)
    )


def _changed(old: _Placed, new: _Placed) -> Change | None:
    """What happened to a requirement that is the same one as before; None when nothing did."""
    rules, rewordings = _rule_sentences(old, new), _rewordings(old.texts, new.texts)
    plan = plan_changes(old.item, new.item)
    moved = []
    if old.section.code != new.section.code:
        moved.append(f"Moved from section {_called(old.section)} to section {_called(new.section)}.")
    if old.item.code != new.item.code:
        moved.append(f"{old.item.code} has the new code {new.item.code}.")
    happened = {
        ChangeKind.RERULED: rules,
        ChangeKind.REWORDED: rewordings,
        ChangeKind.MOVED: moved,
        ChangeKind.REPLANNED: plan,
    }
    kinds = tuple(kind for kind, what in happened.items() if what)
    if not kinds:
        return None
    return Change(
        kinds=kinds,
        old_codes=(old.item.code,),
        new_codes=(new.item.code,),
        title=new.title,
        sentences=(*rules, *moved, *plan),
        rewordings=rewordings,
    )


def _rule_sentences(old: _Placed, new: _Placed) -> list[str]:
    if isinstance(old.item, Competency) and isinstance(new.item, Competency):
        return rule_changes(old.item, old.kind, new.item, new.kind)
    if isinstance(old.item, Module) and isinstance(new.item, Module):
        return module_changes(old.item, new.item)
    return []


def _rewordings(old: Mapping[str, str], new: Mapping[str, str]) -> tuple[Rewording, ...]:
    return tuple(Rewording(what, words_of(old[what], new[what])) for what in old if old[what] != new[what])


def _removed(before: Mapping[str, _Placed], sources: Mapping[str, tuple[str, ...]]) -> Iterator[Change]:
    carried = {code for codes in sources.values() for code in codes}
    for code, placed in before.items():
        if code not in carried:
            yield Change(kinds=(ChangeKind.REMOVED,), old_codes=(code,), title=placed.title)


def _called(section: Section) -> str:
    return f"{section.code} ({section.title})"


def _section_changes(old: Document, new: Document) -> Iterator[Change]:
    before = {section.code: section for section in old.every_section()}
    after = {section.code: section for section in new.every_section()}
    above = _parents(old), _parents(new)
    for code, section in after.items():
        if code not in before:
            yield Change(kinds=(ChangeKind.ADDED,), new_codes=(code,), title=section.title)
        elif change := _section_change(before[code], section, (above[0][code], above[1][code])):
            yield change
    for code in before.keys() - after.keys():
        yield Change(kinds=(ChangeKind.REMOVED,), old_codes=(code,), title=before[code].title)


def _section_change(old: Section, new: Section, above: tuple[str, str]) -> Change | None:
    rewordings = _rewordings({"title": old.title}, {"title": new.title})
    rules = [] if old.rule == new.rule else ["When the section is complete changed."]
    rules += [] if old.kind is new.kind else [f"It was {old.kind.value} and is now {new.kind.value}."]
    moved = [] if above[0] == above[1] else [f"Moved from {above[0] or 'the top'} to {above[1] or 'the top'}."]
    happened = {ChangeKind.RERULED: rules, ChangeKind.REWORDED: rewordings, ChangeKind.MOVED: moved}
    kinds = tuple(kind for kind, what in happened.items() if what)
    if not kinds:
        return None
    codes = (new.code,)
    return Change(
        kinds=kinds,
        old_codes=codes,
        new_codes=codes,
        title=new.title,
        sentences=(*rules, *moved),
        rewordings=rewordings,
    )


def _parents(document: Document) -> dict[str, str]:
    """The code of the section around each section; empty at the top."""
    top = {section.code: "" for section in document.sections}
    return top | {part.code: section.code for section in document.every_section() for part in section.sections}


def _other_changes(old: Document, new: Document) -> Iterator[str]:
    for field in fields(Document):
        if field.name not in SAID and getattr(old, field.name) != getattr(new, field.name):
            yield f"Changed: {field.name.replace('_', ' ')}."
    yield from form_changes(old.assessments, new.assessments)
    if old.title != new.title:
        yield f"The curriculum was called “{old.title}” and is now called “{new.title}”."
