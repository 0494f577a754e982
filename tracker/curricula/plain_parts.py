"""Plain data of rules, milestones and what belongs to them, as the parts of a document that they say."""

from collections.abc import Mapping
from typing import Any

from tracker.curricula.conditions import (
    ALL,
    AllOf,
    AnyOf,
    Condition,
    CreditsConfirmed,
    DayOfYear,
    Due,
    OverallDone,
    RequirementDone,
    ReviewHeld,
    SectionDone,
    SectionRule,
    Signatures,
    Signer,
)
from tracker.curricula.document import FieldKind, Form, FormField, Grade, Milestone, Outcome, Review
from tracker.record.canonical import normal


def line(text: str) -> str:
    """A text in one line, written in one way."""
    return " ".join(normal(text).split())


def paragraphs(text: str) -> str:
    """A text of several lines, written in one way."""
    return "\n".join(each.rstrip() for each in normal(text).splitlines()).strip()


def rule_from_data(data: str | Mapping[str, Any]) -> SectionRule:
    """The rule of a section that checked plain data holds: the word all, or a group of fields."""
    if isinstance(data, str):
        return ALL
    values = dict(data) | {"compulsory": tuple(data.get("compulsory", ()))}
    return SectionRule(**values)


def signatures_from_data(data: Mapping[str, Any]) -> Signatures:
    """Who signs what."""
    signers = {name: Signer(signer) for name, signer in data.items() if name != "countersign"}
    return Signatures(**signers, countersign=data.get("countersign", False))


def form_from_data(data: Mapping[str, Any]) -> Form:
    """An assessment form with its questions."""
    said = {name: data[name] for name in ("needs_registration", "fewest_answers") if name in data}
    fields = tuple(map(_form_field, data.get("fields", ())))
    return Form(data["code"], line(data["title"]), paragraphs(data.get("meaning", "")), fields=fields, **said)


def _form_field(data: Mapping[str, Any]) -> FormField:
    return FormField(
        data["code"],
        line(data["label"]),
        FieldKind(data["kind"]),
        required=data.get("required", False),
        hint=line(data.get("hint", "")),
        choices=tuple(map(line, data.get("choices", ()))),
    )


def outcome_from_data(data: Mapping[str, Any]) -> Outcome:
    """An outcome of reviews and of the whole."""
    return Outcome(data["code"], line(data["title"]), paragraphs(data.get("meaning", "")))


def grade_from_data(data: Mapping[str, Any]) -> Grade:
    """A grade."""
    return Grade(line(data["band"]), line(data["title"]), paragraphs(data.get("asks", "")))


def review_from_data(data: Mapping[str, Any]) -> Review:
    """A review that the curriculum expects."""
    return Review(**(dict(data) | {"title": line(data["title"]), "outcomes": tuple(data.get("outcomes", ()))}))


def milestone_from_data(data: Mapping[str, Any]) -> Milestone:
    """A milestone with its date and its condition."""
    return Milestone(data["code"], line(data["title"]), Due(**data["due"]), condition_from_data(data["condition"]))


def condition_from_data(data: Mapping[str, Any]) -> Condition:  # noqa: PLR0911 - one for each sort of condition
    """The condition that checked plain data holds, and those in it."""
    match data:
        case {"all": parts}:
            return AllOf(tuple(map(condition_from_data, parts)))
        case {"any": parts}:
            return AnyOf(tuple(map(condition_from_data, parts)))
        case {"section": section}:
            return SectionDone(section, data.get("percent"))
        case {"requirement": code}:
            return RequirementDone(code)
        case {"review": code, "from": first, "to": last}:
            return ReviewHeld(code, DayOfYear(**first), DayOfYear(**last), data["year"])
        case {"review": code}:
            return ReviewHeld(code)
        case {"credits": credits}:
            return CreditsConfirmed(credits)
        case _:
            return OverallDone(data["overall"])
