"""Taking curricula in and publishing them."""

from collections.abc import Iterator
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from tracker.core.clock import now
from tracker.core.db import db
from tracker.core.errors import Refused, refuse_if
from tracker.curricula import document as documents
from tracker.curricula import queries, rules
from tracker.curricula.models import (
    Competency,
    Component,
    Curriculum,
    Module,
    Requirement,
    Section,
    Version,
    VersionStatus,
)
from tracker.curricula.plain_data import digest, head_of, origin_to_data, rule_to_data, shares_to_data


def import_document(document: documents.Document, publish: bool) -> Version:
    """Keep a document as the next version of its curriculum; one that the newest version already holds adds nothing.

    With `publish`, the version is published unless it was. Loads: curriculum. Raises Refused when somebody was faster.
    """
    curriculum = lock_curriculum(document.code)
    version = queries.find_newest(document.code)
    if version is None or version.digest != digest(document):
        version = add_version(curriculum, document, 1 if version is None else version.number + 1)
    if publish and version.status is VersionStatus.DRAFT:
        publish_version(version)
    return version


def publish_version(version: Version) -> None:
    """Freeze a draft, so that trainees can be enrolled on it. Raises Refused when it is not a draft."""
    refuse_if(rules.why_not_publish(version))
    version.status, version.published_at = VersionStatus.PUBLISHED, now()
    db.session.flush()


def withdraw_version(version: Version) -> None:
    """Let a published version take no new trainees; those who are on it stay. Raises Refused for any other."""
    refuse_if(rules.why_not_withdraw(version))
    version.status = VersionStatus.WITHDRAWN
    db.session.flush()


def lock_curriculum(code: str) -> Curriculum:
    """The curriculum of that code, new if need be; nobody else adds a version to it meanwhile."""
    found = db.session.scalar(sa.select(Curriculum).where(Curriculum.code == code).with_for_update())
    if found is not None:
        return found
    curriculum = Curriculum(code=code)
    try:
        with db.session.begin_nested():
            db.session.add(curriculum)
    except IntegrityError as error:
        raise Refused(f"Somebody else imported {code} at the same moment. Import it again.") from error
    return curriculum


def add_version(curriculum: Curriculum, document: documents.Document, number: int) -> Version:
    """Keep a document as a draft. Loads: curriculum."""
    version = Version(curriculum_id=curriculum.id, number=number, title=document.title, created_at=now())
    version.digest, version.head, version.status = digest(document), head_of(document), VersionStatus.DRAFT
    version.curriculum = curriculum
    db.session.add(version)
    db.session.flush()
    _add_parts(version, document)
    return version


def rewrite_draft(version: Version, document: documents.Document) -> None:
    """Let a draft hold another document. Raises Refused when the version is frozen."""
    refuse_if(rules.why_not_edit(version))
    modules = sa.select(Module.id).where(Module.version_id == version.id)
    db.session.execute(sa.delete(Component).where(Component.module_id.in_(modules)))
    for table in (Requirement, Section):
        db.session.execute(sa.delete(table).where(table.version_id == version.id))
    version.title, version.digest, version.head = document.title, digest(document), head_of(document)
    db.session.flush()
    _add_parts(version, document)


def _add_parts(version: Version, document: documents.Document) -> None:
    sections = list(_sections(version.id, document.sections, None))
    _add_in_order([row for _, row in sections])
    requirements = [pair for section, row in sections for pair in _requirements(version.id, section, row.id)]
    _add_in_order([row for _, row in requirements])
    modules = [(module, row) for module, row in requirements if isinstance(module, documents.Module)]
    db.session.bulk_save_objects([component for module, row in modules for component in _components(module, row.id)])
    db.session.flush()


def _add_in_order(rows: list[Any]) -> None:
    """Number rows as the document has them, and write them before what refers to them."""
    for position, row in enumerate(rows):
        row.position = position
    db.session.bulk_save_objects(rows)
    db.session.flush()


def _sections(
    version_id: UUID, sections: tuple[documents.Section, ...], parent_id: UUID | None
) -> Iterator[tuple[documents.Section, Section]]:
    """Each section with its row. Order: as in the document, a section before its parts."""
    for section in sections:
        row = Section(version_id=version_id, parent_id=parent_id, code=section.code, title=section.title)
        row.kind, row.details = section.kind, {"rule": rule_to_data(section.rule), "sources": list(section.sources)}
        row.details |= origin_to_data(section)
        yield section, row
        yield from _sections(version_id, section.sections, row.id)


def _requirements(
    version_id: UUID, section: documents.Section, section_id: UUID
) -> Iterator[tuple[documents.Competency | documents.Module, Competency | Module]]:
    """Each competency and module of a section, not of its parts, with its row."""
    place = {"version_id": version_id, "section_id": section_id}
    for competency in section.competencies:
        yield competency, _competency(competency, place)
    for module in section.modules:
        yield module, _module(module, place)


def _competency(competency: documents.Competency, place: dict[str, UUID]) -> Competency:
    return Competency(
        code=competency.code,
        title=competency.statement,
        guidance=competency.guidance or None,
        kind=competency.kind,
        level=competency.level,
        expected_month=competency.expected_month,
        details={"register_scopes": list(competency.register_scopes), "sources": list(competency.sources)}
        | shares_to_data(competency)
        | origin_to_data(competency),
        **place,
    )


def _module(module: documents.Module, place: dict[str, UUID]) -> Module:
    return Module(
        code=module.code,
        title=module.title,
        provider=module.provider or None,
        study_level=module.study_level,
        credits=module.credits,
        pass_mark_percent=module.pass_mark_percent,
        attempts_allowed=module.attempts_allowed,
        expected_month=module.expected_month,
        details={"about": module.about, "sources": list(module.sources)}
        | shares_to_data(module)
        | origin_to_data(module),
        **place,
    )


def _components(module: documents.Module, module_id: UUID) -> Iterator[Component]:
    for position, component in enumerate(module.components):
        yield Component(
            module_id=module_id,
            position=position,
            code=component.code,
            title=component.title,
            weight_percent=component.weight_percent,
            pass_mark_percent=component.pass_mark_percent,
            must_pass=component.must_pass,
        )
