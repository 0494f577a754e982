"""A curriculum, its versions, and what a version asks for."""

from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from typing import Any
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import CheckConstraint, ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.accounts.models import Person
from tracker.core.db import Model, WithId


class Curriculum(WithId, Model):
    """A scheme (competencies), an award (modules), or both. Its content is in its versions."""

    __tablename__ = "curriculum"

    code: Mapped[str] = mapped_column(sa.String(40), unique=True)


class VersionStatus(StrEnum):
    """A published version is frozen; a withdrawn one takes no new trainees and changes nothing else."""

    DRAFT = "draft"
    PUBLISHED = "published"
    WITHDRAWN = "withdrawn"


class Version(WithId, Model):
    """One edition of a curriculum. A trainee is pinned to one."""

    __tablename__ = "curriculum_version"
    __table_args__ = (
        UniqueConstraint("curriculum_id", "number"),
        CheckConstraint("number >= 1", name="number_from_one"),
        CheckConstraint("status = 'draft' OR published_at IS NOT NULL", name="published_has_a_time"),
    )

    curriculum_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum.id"))
    number: Mapped[int]
    title: Mapped[str] = mapped_column(sa.String(200))
    status: Mapped[VersionStatus] = mapped_column(default=VersionStatus.DRAFT)
    digest: Mapped[str] = mapped_column(sa.String(64))  # SHA-256 of the document's canonical bytes
    head: Mapped[dict[str, Any]]  # what is not in a row: kinds and their rules, the scale, length, sources
    created_at: Mapped[datetime]
    published_at: Mapped[datetime | None]
    made_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # empty: by a command
    curriculum: Mapped[Curriculum] = relationship(lazy="raise_on_sql")


class DraftChange(WithId, Model):
    """One change to a draft on the web: who, when, and what in a few words."""

    __tablename__ = "draft_change"

    version_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum_version.id"), index=True)
    by_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"))
    at: Mapped[datetime]
    what: Mapped[str] = mapped_column(sa.String(200))
    by: Mapped[Person] = relationship(lazy="raise_on_sql")


class SectionKind(StrEnum):
    """A generic section is for everybody; an area is chosen at enrolment; a theme only groups."""

    GENERIC = "generic"
    AREA = "area"
    THEME = "theme"


class Section(WithId, Model):
    """A node of the tree of a version."""

    __tablename__ = "section"
    __table_args__ = (UniqueConstraint("version_id", "code"),)

    version_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum_version.id"))
    parent_id: Mapped[UUID | None] = mapped_column(ForeignKey("section.id"))
    position: Mapped[int]  # among all the sections of the version, in the order of the document
    code: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    kind: Mapped[SectionKind]
    details: Mapped[dict[str, Any]]  # the section's rule, its sources


class RequirementKind(StrEnum):
    """What a Standing can be about."""

    COMPETENCY = "competency"
    MODULE = "module"


class Requirement(WithId, Model):
    """A competency or a module of a version: what one can be done with."""

    __tablename__ = "requirement"
    __table_args__ = (
        UniqueConstraint("version_id", "code"),
        CheckConstraint("requirement_kind <> 'competency' OR kind IS NOT NULL", name="a_competency_has_a_kind"),
        CheckConstraint("requirement_kind <> 'module' OR credits > 0", name="a_module_has_credits"),
        CheckConstraint("pass_mark_percent BETWEEN 0 AND 100", name="pass_mark_in_range"),
    )
    __mapper_args__ = {"polymorphic_on": "requirement_kind"}

    version_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum_version.id"))
    section_id: Mapped[UUID] = mapped_column(ForeignKey("section.id"), index=True)
    requirement_kind: Mapped[RequirementKind]
    position: Mapped[int]  # among all the requirements of the version, in the order of the document
    code: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(500))  # a competency's statement, a module's title
    expected_month: Mapped[int | None]  # of the enrolment, from 1
    details: Mapped[dict[str, Any]]  # sources, register scopes
    section: Mapped[Section] = relationship(lazy="raise_on_sql")


class Competency(Requirement):
    """Something a trainee must be able to do. The kind carries the evidence rule."""

    __mapper_args__ = {"polymorphic_identity": RequirementKind.COMPETENCY}

    guidance: Mapped[str | None] = mapped_column(sa.Text)  # "good evidence looks like"
    kind: Mapped[str | None] = mapped_column(sa.String(40))  # a code in the version's kinds
    level: Mapped[int | None]  # the level that a sign-off needs, a value of the version's scale


class Module(Requirement):
    """A distance-learning module."""

    __mapper_args__ = {"polymorphic_identity": RequirementKind.MODULE}

    provider: Mapped[str | None] = mapped_column(sa.String(200))
    study_level: Mapped[int | None]  # of the national qualifications framework
    credits: Mapped[int | None]
    pass_mark_percent: Mapped[Decimal | None] = mapped_column(sa.Numeric(5, 2))
    attempts_allowed: Mapped[int | None]


class Component(WithId, Model):
    """An assessed part of a module."""

    __tablename__ = "component"
    __table_args__ = (
        UniqueConstraint("module_id", "code"),
        CheckConstraint("weight_percent BETWEEN 0 AND 100", name="weight_in_range"),
        CheckConstraint("pass_mark_percent BETWEEN 0 AND 100", name="pass_mark_in_range"),
    )

    module_id: Mapped[UUID] = mapped_column(ForeignKey("requirement.id"))
    position: Mapped[int]
    code: Mapped[str] = mapped_column(sa.String(40))
    title: Mapped[str] = mapped_column(sa.String(200))
    weight_percent: Mapped[Decimal] = mapped_column(sa.Numeric(5, 2))
    pass_mark_percent: Mapped[Decimal | None] = mapped_column(sa.Numeric(5, 2))  # empty: only the whole must pass
    must_pass: Mapped[bool] = mapped_column(default=False)


class MappingKind(StrEnum):
    """What a line of a mapping says of two requirements."""

    SAME = "same"  # a new code; or, in another curriculum or area, work that counts for both
    SPLIT = "split"  # one of several that came from it
    MERGED = "merged"  # came from it and others
    DIFFERENT = "different"  # the code was used again for something else


class RequirementMapping(Model):
    """A line of the mapping between two versions, two curricula, or the areas of one version.

    Where there is none, the same code in another version of the curriculum is the same requirement.
    """

    __tablename__ = "requirement_mapping"

    from_version_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum_version.id"), primary_key=True)
    to_version_id: Mapped[UUID] = mapped_column(ForeignKey("curriculum_version.id"), primary_key=True, index=True)
    from_code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    to_code: Mapped[str] = mapped_column(sa.String(40), primary_key=True)
    kind: Mapped[MappingKind]
