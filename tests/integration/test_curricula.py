"""Curricula in the database: what is kept, what an import changes, and what comes out again."""

from dataclasses import replace
from decimal import Decimal
from uuid import uuid4

import pytest
import sqlalchemy as sa
from flask import Flask
from hypothesis import HealthCheck, given, settings

from tests.curricula import GOOD, documents
from tracker.core.db import db
from tracker.core.errors import NotFound, Refused
from tracker.curricula.actions import import_document, publish_version
from tracker.curricula.document import Document
from tracker.curricula.importer import read_document
from tracker.curricula.models import Curriculum, SectionKind, Version, VersionStatus
from tracker.curricula.outline import Outline
from tracker.curricula.queries import (
    build_document,
    find_version,
    get_outline,
    get_version,
    list_published,
    list_versions,
    parse_reference,
)


def good() -> Document:
    return read_document("f.yaml", GOOD.encode())


def imported(publish: bool = True) -> Outline:
    return get_outline(import_document(good(), publish).id)


def test_a_document_is_kept_as_a_first_draft(app: Flask) -> None:
    version = import_document(good(), publish=False)
    assert (version.curriculum.code, version.number, version.status) == ("NURSE-1", 1, VersionStatus.DRAFT)


def test_the_same_document_again_changes_nothing(app: Flask) -> None:
    first = import_document(good(), publish=True)
    assert import_document(good(), publish=True).id == first.id
    assert [version.number for version in list_versions()] == [1]


def test_a_changed_document_is_the_next_version_and_leaves_the_first_alone(app: Flask) -> None:
    first = import_document(good(), publish=True)
    second = import_document(replace(good(), title="Another title"), publish=True)
    assert (second.number, second.title) == (2, "Another title")
    assert build_document(first) == good()


def test_a_draft_that_is_imported_again_to_be_published_is_published(app: Flask) -> None:
    draft = import_document(good(), publish=False)
    assert import_document(good(), publish=True).id == draft.id
    assert draft.status is VersionStatus.PUBLISHED
    assert draft.published_at is not None


def test_a_published_version_is_not_published_again(app: Flask) -> None:
    version = import_document(good(), publish=True)
    with pytest.raises(Refused, match="Version 1 was published before"):
        publish_version(version)


def test_what_was_imported_comes_out_again(app: Flask) -> None:
    version = import_document(good(), publish=False)
    db.session.expire_all()
    kept = find_version("NURSE-1", 1)
    assert kept is not None
    assert kept.id == version.id
    assert build_document(kept) == good()


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=25, deadline=None)
@given(document=documents())
def test_any_document_comes_out_as_it_went_in(app: Flask, document: Document) -> None:
    version = import_document(document, publish=False)
    version_id = version.id
    db.session.expunge_all()
    kept = db.session.scalars(
        sa.select(Version).where(Version.id == version_id).options(sa.orm.joinedload(Version.curriculum))
    ).one()
    assert build_document(kept) == document


def test_the_outline_has_sections_in_the_order_of_the_document_each_under_its_parent(app: Flask) -> None:
    outline = imported()
    general, area, theme, modules = outline.sections
    assert [section.code for section in outline.sections] == ["GEN", "A", "A-T", "MOD"]
    assert (theme.kind, theme.parent_id, theme.ancestors, theme.depth) == (SectionKind.THEME, area.id, (area.id,), 1)
    assert outline.within(theme.id) == (area.id, theme.id)
    assert (general.depth, modules.ancestors) == (0, ())


def test_the_outline_has_requirements_in_order_with_rule_and_level(app: Flask) -> None:
    first, second, module = imported().requirements
    assert [first.code, second.code, module.code] == ["GEN-1", "A-1", "M-1"]
    assert (first.level, second.level) == (1, 2)  # of its own, of its kind
    assert first.rule is not None
    assert (first.rule.entries, first.text) == (3, "First line and its second line.")
    assert (module.rule, module.credits, module.pass_mark_percent) == (None, 20, Decimal(40))
    assert [str(component.weight_percent) for component in module.components] == ["37.5", "62.5"]


def test_a_trainee_takes_generic_sections_and_the_chosen_areas_with_their_themes(app: Flask) -> None:
    outline = imported()
    area = next(section for section in outline.sections if section.kind is SectionKind.AREA)
    assert [requirement.code for requirement in outline.chosen([])] == ["GEN-1", "M-1"]
    assert [requirement.code for requirement in outline.chosen({area.id})] == ["GEN-1", "A-1", "M-1"]


def test_the_outline_of_a_published_version_is_read_once(app: Flask) -> None:
    version = import_document(good(), publish=True)
    assert get_outline(version.id) is get_outline(version.id)


def test_the_outline_of_a_draft_is_read_afresh(app: Flask) -> None:
    version = import_document(good(), publish=False)
    before = get_outline(version.id)
    version.title = "Changed"
    db.session.flush()
    assert (before.title, get_outline(version.id).title) == ("A test scheme", "Changed")


def test_a_version_is_found_by_its_number_or_as_the_newest_that_is_published(app: Flask) -> None:
    import_document(good(), publish=True)
    second = import_document(replace(good(), title="Second"), publish=True)
    import_document(replace(good(), title="Third, a draft"), publish=False)
    newest = find_version("NURSE-1")
    assert newest is not None
    assert newest.id == second.id
    assert find_version("NURSE-1", 4) is None
    assert find_version("NOBODY") is None
    assert [version.title for version in list_published()] == ["A test scheme", "Second"]


def test_a_draft_is_not_there_for_readers(app: Flask) -> None:
    import_document(good(), publish=False)
    with pytest.raises(NotFound):
        get_version("NURSE-1", 1)
    with pytest.raises(NotFound):
        get_outline(uuid4())


def test_a_failed_import_leaves_nothing_behind(app: Flask) -> None:
    with pytest.raises(sa.exc.IntegrityError), db.session.begin_nested():
        import_document(replace(good(), sections=good().sections + good().sections), publish=True)
    assert db.session.query(Version).count() == 0
    assert db.session.query(Curriculum).count() == 0


@pytest.mark.parametrize(("text", "found"), [("A-1", ("A-1", None)), ("A-1@2", ("A-1", 2)), (" A@10 ", ("A", 10))])
def test_a_reference_is_a_code_or_a_code_and_a_number(text: str, found: tuple[str, int | None]) -> None:
    assert parse_reference(text) == found


@pytest.mark.parametrize("text", ["", "@2", "A@", "A@0", "A@-1", "A@two", "A@²"])
def test_anything_else_is_no_reference(text: str) -> None:
    with pytest.raises(ValueError, match="names no version"):
        parse_reference(text)
