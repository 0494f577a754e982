"""Any curriculum at all, with rules of sections, milestones, reviews and all else that may be there."""

from dataclasses import replace

from hypothesis import strategies as st

from tests.curricula import LINES, NUMBERS, TEXTS, documents
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
from tracker.curricula.document import Document, Grade, Milestone, Outcome, Review

SHARES = st.integers(1, 100)
DAYS = st.builds(DayOfYear, st.integers(1, 28), st.integers(1, 12))
SIGNERS = st.none() | st.sampled_from(list(Signer))


def _conditions(codes: list[str], credits: int, years: int) -> st.SearchStrategy[Condition]:
    """Any condition over the sections G, A and T, these requirements, and the review R."""
    leaves: st.SearchStrategy[Condition] = st.one_of(
        st.builds(SectionDone, st.sampled_from(["G", "A", "T"]), st.none() | SHARES),
        st.builds(RequirementDone, st.sampled_from(codes)),
        st.just(ReviewHeld("R")),
        st.builds(ReviewHeld, st.just("R"), DAYS, DAYS, st.integers(1, years)),
        st.builds(CreditsConfirmed, st.integers(1, credits)),
        st.builds(OverallDone, SHARES),
    )
    return st.recursive(leaves, _several, max_leaves=6)


def _several(inner: st.SearchStrategy[Condition]) -> st.SearchStrategy[Condition]:
    parts = st.lists(inner, min_size=1, max_size=3).map(tuple)
    return st.builds(AllOf, parts) | st.builds(AnyOf, parts)


@st.composite
def _due(draw: st.DrawFn, months: int) -> Due:
    if draw(st.booleans()):
        return Due(month=draw(st.integers(1, months)))
    day = draw(DAYS)
    return Due(day=day.day, month_of_year=day.month_of_year, year=draw(st.integers(1, -(-months // 12))))


@st.composite
def whole_documents(draw: st.DrawFn) -> Document:
    """Any document with rules of sections, a milestone, a review, outcomes and all else that may be there."""
    document = draw(documents())
    months = document.length_months
    general, area = document.sections
    (module,), (theme,) = general.modules, area.sections
    (competency,) = theme.competencies
    module = replace(module, points=draw(NUMBERS), weight=draw(NUMBERS))
    competency = replace(competency, points=draw(NUMBERS), weight=draw(NUMBERS))
    compulsory = SectionRule(points=competency.points, compulsory=(competency.code,))
    theme = replace(theme, competencies=(competency,), rule=draw(st.sampled_from([ALL, compulsory])))
    at_least = draw(st.sampled_from([ALL, SectionRule(at_least=1), SectionRule(points=module.points)]))
    expected_month, outcomes = draw(st.none() | st.integers(1, months)), draw(st.sampled_from([(), ("O",)]))
    at = draw(st.sampled_from(["", "M"]))
    review = Review(code="R", title=draw(LINES), expected_month=expected_month, milestone=at, outcomes=outcomes)
    conditions = _conditions([competency.code, module.code], module.credits, -(-months // 12))
    return replace(
        document,
        signatures=Signatures(
            item=draw(SIGNERS), section=draw(SIGNERS), whole=draw(SIGNERS), countersign=draw(st.booleans())
        ),
        entry_requirements=tuple(draw(st.lists(LINES, unique=True, max_size=2))),
        outcomes=(Outcome("O", draw(LINES), draw(TEXTS)),),
        reviews=(review,),
        milestones=(Milestone("M", draw(LINES), draw(_due(months)), draw(conditions)),),
        grades=(Grade(draw(LINES), draw(LINES), draw(TEXTS)),),
        sections=(replace(general, modules=(module,), rule=at_least), replace(area, sections=(theme,))),
    )
