"""People, grants and sessions."""

from datetime import date, datetime
from enum import StrEnum
from typing import Any, ClassVar
from uuid import UUID

import sqlalchemy as sa
from flask_security import UserMixin
from sqlalchemy import CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column, relationship

from tracker.core.db import Model, WithId


class Person(WithId, UserMixin, Model):  # type: ignore[misc] # Flask-Security's mixin is untyped
    """Somebody with an account."""

    __tablename__ = "person"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower_case"),)

    email: Mapped[str] = mapped_column(sa.String(254), unique=True)
    given_name: Mapped[str] = mapped_column(sa.String(100))
    family_name: Mapped[str] = mapped_column(sa.String(100))
    password: Mapped[str | None] = mapped_column(sa.String(255))
    active: Mapped[bool] = mapped_column(default=True)
    fs_uniquifier: Mapped[str] = mapped_column(sa.String(64), unique=True)  # changes when every session must end
    created_at: Mapped[datetime]
    has_app: Mapped[bool] = mapped_column(default=False, server_default=sa.text("false"))  # an AuthenticatorApp
    has_passkey: Mapped[bool] = mapped_column(default=False, server_default=sa.text("false"))  # at least one Passkey
    grants: Mapped[list["Grant"]] = relationship(
        lazy="raise_on_sql", foreign_keys="Grant.person_id", back_populates="person"
    )

    @property
    def name(self) -> str:
        """The name as people say it."""
        return f"{self.given_name} {self.family_name}"

    roles: ClassVar[list[Any]] = []  # type: ignore[misc] # Flask-Security's, which we do not use: ours are grants and relations


class Role(StrEnum):
    """A role that is granted. Trainee, supervisor and assessor are relations: enrolment and supervision."""

    TRAINING_LEAD = "training_lead"
    SCHEME_LEAD = "scheme_lead"
    MODERATOR = "moderator"
    EXAMINER = "examiner"
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"


class Grant(WithId, Model):
    """A role for a person, in a scope, between two dates.

    A scope that is empty in one direction is open in it: a training lead with a centre and no curriculum leads them
    all there.
    """

    __tablename__ = "role_grant"
    __table_args__ = (
        CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name="dates_in_order"),
        CheckConstraint("role <> 'training_lead' OR centre_id IS NOT NULL", name="a_training_lead_has_a_centre"),
        CheckConstraint("role <> 'scheme_lead' OR curriculum_id IS NOT NULL", name="a_scheme_lead_has_a_curriculum"),
        CheckConstraint(
            "role NOT IN ('moderator', 'examiner') OR centre_id IS NOT NULL OR curriculum_id IS NOT NULL "
            "OR enrolment_id IS NOT NULL",
            name="moderation_has_a_scope",
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    role: Mapped[Role]
    centre_id: Mapped[UUID | None] = mapped_column(ForeignKey("centre.id"))
    curriculum_id: Mapped[UUID | None] = mapped_column(ForeignKey("curriculum.id"))
    enrolment_id: Mapped[UUID | None] = mapped_column(ForeignKey("enrolment.id"))
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    given_by_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"))  # empty: by a command
    person: Mapped[Person] = relationship(lazy="raise_on_sql", foreign_keys=[person_id], back_populates="grants")


class AuthenticatorApp(Model):
    """An app on a person's phone that shows a new code every half minute."""

    __tablename__ = "authenticator_app"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(sa.LargeBinary)  # encrypted
    added_at: Mapped[datetime]
    last_step: Mapped[int] = mapped_column(sa.BigInteger)  # of the clock, at which a code was last used: each once


class Passkey(WithId, Model):
    """A key in a person's phone, computer or security key, which signs what it is shown."""

    __tablename__ = "passkey"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("person.id"), index=True)
    credential: Mapped[bytes] = mapped_column(sa.LargeBinary, unique=True)  # the name that the authenticator gave it
    public_key: Mapped[bytes] = mapped_column(sa.LargeBinary)  # COSE
    sign_count: Mapped[int] = mapped_column(sa.BigInteger)
    name: Mapped[str] = mapped_column(sa.String(100))  # the person's own: "work phone"
    added_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class SignedIn(WithId, Model):
    """A session: made at sign-in, checked on each request, ended by the person or by time."""

    __tablename__ = "signed_in"

    person_id: Mapped[UUID | None] = mapped_column(ForeignKey("person.id"), index=True)  # empty: between two steps
    facts: Mapped[dict[str, Any]]  # what Flask-Security keeps in a session
    began_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    browser: Mapped[str] = mapped_column(sa.String(200), default="")  # so that people recognise their own


class SignInAttempt(WithId, Model):
    """One try to sign in, kept whether or not it worked; too many failures make the next one wait."""

    __tablename__ = "sign_in_attempt"

    email_digest: Mapped[str] = mapped_column(sa.String(64), index=True)  # of what was typed, which may be a secret
    at: Mapped[datetime]
    succeeded: Mapped[bool]
