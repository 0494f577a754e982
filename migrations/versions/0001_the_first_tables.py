"""The first tables."""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

SQLITE_TRIGGERS = (
    """
    CREATE TRIGGER event_is_never_changed BEFORE UPDATE ON event
    BEGIN SELECT RAISE(ABORT, 'an event is never changed'); END
    """,
    """
    CREATE TRIGGER event_is_never_deleted BEFORE DELETE ON event
    BEGIN SELECT RAISE(ABORT, 'an event is never deleted'); END
    """,
    # INSERT OR REPLACE deletes without asking the trigger above, so a known number or key is refused here.
    """
    CREATE TRIGGER event_is_the_next BEFORE INSERT ON event
    WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM event) OR EXISTS (SELECT 1 FROM event WHERE key = NEW.key)
    BEGIN SELECT RAISE(ABORT, 'an event is numbered one after the last'); END
    """,
)
POSTGRESQL_TRIGGERS = (
    """
    CREATE FUNCTION refuse_change_of_event() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN RAISE EXCEPTION 'an event is never changed or deleted'; END $$
    """,
    """
    CREATE FUNCTION refuse_event_out_of_order() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM event) THEN
        RAISE EXCEPTION 'an event is numbered one after the last';
      END IF;
      RETURN NEW;
    END $$
    """,
    """
    CREATE TRIGGER event_is_never_changed BEFORE UPDATE OR DELETE ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_change_of_event()
    """,
    """
    CREATE TRIGGER event_is_never_truncated BEFORE TRUNCATE ON event
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_event()
    """,
    """
    CREATE TRIGGER event_is_the_next BEFORE INSERT ON event
    FOR EACH ROW EXECUTE FUNCTION refuse_event_out_of_order()
    """,
)


def guard_the_record() -> None:
    """Add the triggers that keep events as they are, and the one row that numbers them."""
    on_sqlite = op.get_bind().dialect.name == "sqlite"
    for statement in SQLITE_TRIGGERS if on_sqlite else POSTGRESQL_TRIGGERS:
        op.execute(statement)
    op.execute("INSERT INTO record_head (id, seq) VALUES (1, 0)")


def unguard_the_record() -> None:
    """Take away what is not gone with the table itself."""
    if op.get_bind().dialect.name == "postgresql":
        op.execute("DROP FUNCTION refuse_change_of_event CASCADE")
        op.execute("DROP FUNCTION refuse_event_out_of_order CASCADE")


# What a published version holds, and the version that a row of each table belongs to.
HELD = {
    "section": "{row}.version_id",
    "requirement": "{row}.version_id",
    "component": "(SELECT version_id FROM requirement WHERE id = {row}.module_id)",
}
FROZEN = "EXISTS (SELECT 1 FROM curriculum_version WHERE id = {version} AND status <> 'draft')"
FROZEN_SENTENCE = "a published version of a curriculum does not change"
VERSION_CHANGED = (
    "NEW.status = 'draft' OR NEW.digest <> OLD.digest OR NEW.title <> OLD.title OR NEW.number <> OLD.number "
    "OR NEW.curriculum_id <> OLD.curriculum_id OR CAST(NEW.head AS TEXT) <> CAST(OLD.head AS TEXT)"
)


def frozen(table: str, row: str) -> str:
    """Whether a row belongs to a version that is no draft."""
    return FROZEN.format(version=HELD[table].format(row=row))


def sqlite_guards() -> list[str]:
    """The triggers that keep what a published version holds as it is."""
    stop = f"BEGIN SELECT RAISE(ABORT, '{FROZEN_SENTENCE}'); END"
    changed = f"OLD.status <> 'draft' AND ({VERSION_CHANGED})"
    guards = [
        f"CREATE TRIGGER version_is_frozen BEFORE UPDATE ON curriculum_version WHEN {changed} {stop}",
        f"CREATE TRIGGER version_is_kept BEFORE DELETE ON curriculum_version WHEN OLD.status <> 'draft' {stop}",
    ]
    for table in HELD:
        # INSERT OR REPLACE deletes without asking the trigger on DELETE, so a known id is refused as well.
        same = f"EXISTS (SELECT 1 FROM {table} AS same WHERE same.id = NEW.id AND {frozen(table, 'same')})"  # noqa: S608 - our own names
        old, new = frozen(table, "OLD"), frozen(table, "NEW")
        asked = {"INSERT": f"{new} OR {same}", "UPDATE": f"{old} OR {new}", "DELETE": old}
        guards += [
            f"CREATE TRIGGER {table}_is_frozen_on_{verb.lower()} BEFORE {verb} ON {table} WHEN {when} {stop}"
            for verb, when in asked.items()
        ]
    return guards


def postgresql_guards() -> list[str]:
    """The same on PostgreSQL."""
    function = (
        "CREATE FUNCTION {name}() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
        "IF {when} THEN RAISE EXCEPTION '" + FROZEN_SENTENCE + "'; END IF; "
        "IF TG_OP = 'DELETE' THEN RETURN OLD; END IF; RETURN NEW; END $$"
    )
    changed = f"TG_OP <> 'INSERT' AND OLD.status <> 'draft' AND (TG_OP = 'DELETE' OR {VERSION_CHANGED})"
    trigger = (
        "CREATE TRIGGER {table}_is_frozen BEFORE INSERT OR UPDATE OR DELETE ON {table} "
        "FOR EACH ROW EXECUTE FUNCTION refuse_change_of_{table}()"
    )
    guards = [
        function.format(name="refuse_change_of_curriculum_version", when=changed),
        trigger.format(table="curriculum_version"),
    ]
    for table in HELD:
        when = f"(TG_OP <> 'INSERT' AND {frozen(table, 'OLD')}) OR (TG_OP <> 'DELETE' AND {frozen(table, 'NEW')})"
        guards += [
            function.format(name=f"refuse_change_of_{table}", when=when),
            trigger.format(table=table),
        ]
    return guards


def guard_published_versions() -> None:
    """Add the triggers that freeze what is published."""
    for statement in sqlite_guards() if op.get_bind().dialect.name == "sqlite" else postgresql_guards():
        op.execute(statement)


def unguard_published_versions() -> None:
    """Take away what is not gone with the tables themselves."""
    if op.get_bind().dialect.name == "postgresql":
        for name in ("curriculum_version", *HELD):
            op.execute(f"DROP FUNCTION refuse_change_of_{name} CASCADE")


def upgrade() -> None:
    """Make every table, and guard the record."""
    op.create_table(
        "centre",
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_centre")),
        sa.UniqueConstraint("name", name=op.f("uq_centre_name")),
    )
    op.create_table(
        "curriculum",
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum")),
        sa.UniqueConstraint("code", name=op.f("uq_curriculum_code")),
    )
    op.create_table(
        "event",
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("key", sa.Uuid(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=True),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("body", sa.LargeBinary(), nullable=False),
        sa.Column("leaf", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(leaf) = 32", name=op.f("ck_event_leaf_is_sha256")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event")),
        sa.UniqueConstraint("key", name=op.f("uq_event_key")),
    )
    op.create_index(op.f("ix_event_enrolment_id"), "event", ["enrolment_id"], unique=False)
    op.create_table(
        "outgoing_mail",
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("subject", sa.String(length=200), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("html", sa.Text(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("next_try_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_outgoing_mail")),
    )
    op.create_index(op.f("ix_outgoing_mail_next_try_at"), "outgoing_mail", ["next_try_at"], unique=False)
    op.create_table(
        "person",
        sa.Column("email", sa.String(length=254), nullable=False),
        sa.Column("given_name", sa.String(length=100), nullable=False),
        sa.Column("family_name", sa.String(length=100), nullable=False),
        sa.Column("password", sa.String(length=255), nullable=True),
        sa.Column("active", sa.Boolean(), nullable=False),
        sa.Column("fs_uniquifier", sa.String(length=64), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_person_email_is_lower_case")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_person")),
        sa.UniqueConstraint("email", name=op.f("uq_person_email")),
        sa.UniqueConstraint("fs_uniquifier", name=op.f("uq_person_fs_uniquifier")),
    )
    op.create_table(
        "record_head",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_record_head_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_record_head")),
    )
    op.create_table(
        "sign_in_attempt",
        sa.Column("email_digest", sa.String(length=64), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("succeeded", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_sign_in_attempt")),
    )
    op.create_index(op.f("ix_sign_in_attempt_email_digest"), "sign_in_attempt", ["email_digest"], unique=False)
    op.create_table(
        "curriculum_version",
        sa.Column("curriculum_id", sa.Uuid(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "draft",
                "published",
                "withdrawn",
                name="versionstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("head", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("made_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status = 'draft' OR published_at IS NOT NULL", name=op.f("ck_curriculum_version_published_has_a_time")
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_curriculum_version_number_from_one")),
        sa.ForeignKeyConstraint(["curriculum_id"], ["curriculum.id"], name=op.f("fk_curriculum_version_curriculum_id")),
        sa.ForeignKeyConstraint(["made_by_id"], ["person.id"], name=op.f("fk_curriculum_version_made_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_curriculum_version")),
        sa.UniqueConstraint("curriculum_id", "number", name=op.f("uq_curriculum_version_curriculum_id_number")),
    )
    op.create_table(
        "event_opening",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("field", sa.String(length=40), nullable=False),
        sa.Column("salt", sa.LargeBinary(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.CheckConstraint("length(salt) = 32", name=op.f("ck_event_opening_salt_is_whole")),
        sa.ForeignKeyConstraint(["seq"], ["event.seq"], name=op.f("fk_event_opening_seq")),
        sa.PrimaryKeyConstraint("seq", "field", name=op.f("pk_event_opening")),
    )
    op.create_table(
        "evidence_file",
        sa.Column("owner_id", sa.Uuid(), nullable=False),
        sa.Column("sha256", sa.String(length=64), nullable=False),
        sa.Column("size_bytes", sa.BigInteger(), nullable=False),
        sa.Column("media_type", sa.String(length=100), nullable=False),
        sa.Column("name", sa.String(length=200), nullable=False),
        sa.Column("stored_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("length(sha256) = 64", name=op.f("ck_evidence_file_sha256_is_whole")),
        sa.CheckConstraint("size_bytes > 0", name=op.f("ck_evidence_file_size_is_positive")),
        sa.ForeignKeyConstraint(["owner_id"], ["person.id"], name=op.f("fk_evidence_file_owner_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_evidence_file")),
    )
    op.create_index(op.f("ix_evidence_file_owner_id"), "evidence_file", ["owner_id"], unique=False)
    op.create_index(op.f("ix_evidence_file_sha256"), "evidence_file", ["sha256"], unique=False)
    op.create_table(
        "signed_in",
        sa.Column("person_id", sa.Uuid(), nullable=True),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("browser", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_signed_in_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signed_in")),
    )
    op.create_index(op.f("ix_signed_in_person_id"), "signed_in", ["person_id"], unique=False)
    op.create_table(
        "draft_change",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("by_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("what", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["person.id"], name=op.f("fk_draft_change_by_id")),
        sa.ForeignKeyConstraint(["version_id"], ["curriculum_version.id"], name=op.f("fk_draft_change_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_draft_change")),
    )
    op.create_index(op.f("ix_draft_change_version_id"), "draft_change", ["version_id"], unique=False)
    op.create_table(
        "enrolment",
        sa.Column("trainee_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("planned_end_on", sa.Date(), nullable=False),
        sa.Column("working_fraction", sa.Numeric(precision=3, scale=2), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("planned_end_on > starts_on", name=op.f("ck_enrolment_dates_in_order")),
        sa.CheckConstraint("working_fraction BETWEEN 0.2 AND 1", name=op.f("ck_enrolment_working_fraction_in_range")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_enrolment_centre_id")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_enrolment_trainee_id")),
        sa.ForeignKeyConstraint(["version_id"], ["curriculum_version.id"], name=op.f("fk_enrolment_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment")),
        sa.UniqueConstraint(
            "trainee_id",
            "version_id",
            "centre_id",
            "starts_on",
            name=op.f("uq_enrolment_trainee_id_version_id_centre_id_starts_on"),
        ),
    )
    op.create_index(op.f("ix_enrolment_centre_id"), "enrolment", ["centre_id"], unique=False)
    op.create_index(op.f("ix_enrolment_trainee_id"), "enrolment", ["trainee_id"], unique=False)
    op.create_index(op.f("ix_enrolment_version_id"), "enrolment", ["version_id"], unique=False)
    op.create_table(
        "requirement_mapping",
        sa.Column("from_version_id", sa.Uuid(), nullable=False),
        sa.Column("to_version_id", sa.Uuid(), nullable=False),
        sa.Column("from_code", sa.String(length=40), nullable=False),
        sa.Column("to_code", sa.String(length=40), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "same",
                "split",
                "merged",
                "different",
                name="mappingkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(
            ["from_version_id"], ["curriculum_version.id"], name=op.f("fk_requirement_mapping_from_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_version_id"], ["curriculum_version.id"], name=op.f("fk_requirement_mapping_to_version_id")
        ),
        sa.PrimaryKeyConstraint(
            "from_version_id", "to_version_id", "from_code", "to_code", name=op.f("pk_requirement_mapping")
        ),
    )
    op.create_index(
        op.f("ix_requirement_mapping_to_version_id"), "requirement_mapping", ["to_version_id"], unique=False
    )
    op.create_table(
        "section",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("parent_id", sa.Uuid(), nullable=True),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "generic", "area", "theme", name="sectionkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["parent_id"], ["section.id"], name=op.f("fk_section_parent_id")),
        sa.ForeignKeyConstraint(["version_id"], ["curriculum_version.id"], name=op.f("fk_section_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_section")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_section_version_id_code")),
    )
    op.create_table(
        "chosen_area",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_chosen_area_enrolment_id")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_chosen_area_section_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "section_id", name=op.f("pk_chosen_area")),
    )
    op.create_index(op.f("ix_chosen_area_section_id"), "chosen_area", ["section_id"], unique=False)
    op.create_table(
        "enrolment_break",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.String(length=200), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_enrolment_break_dates_in_order")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_enrolment_break_enrolment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_break")),
    )
    op.create_index(op.f("ix_enrolment_break_enrolment_id"), "enrolment_break", ["enrolment_id"], unique=False)
    op.create_table(
        "enrolment_move",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("from_version_id", sa.Uuid(), nullable=False),
        sa.Column("to_version_id", sa.Uuid(), nullable=False),
        sa.Column("from_area_ids", sa.JSON(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=True),
        sa.Column("undone_seq", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("from_version_id <> to_version_id", name=op.f("ck_enrolment_move_it_goes_somewhere")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_enrolment_move_enrolment_id")),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name=op.f("fk_enrolment_move_event_seq")),
        sa.ForeignKeyConstraint(
            ["from_version_id"], ["curriculum_version.id"], name=op.f("fk_enrolment_move_from_version_id")
        ),
        sa.ForeignKeyConstraint(
            ["to_version_id"], ["curriculum_version.id"], name=op.f("fk_enrolment_move_to_version_id")
        ),
        sa.ForeignKeyConstraint(["undone_seq"], ["event.seq"], name=op.f("fk_enrolment_move_undone_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_enrolment_move")),
        sa.UniqueConstraint("event_seq", name=op.f("uq_enrolment_move_event_seq")),
        sa.UniqueConstraint("undone_seq", name=op.f("uq_enrolment_move_undone_seq")),
    )
    op.create_index(op.f("ix_enrolment_move_enrolment_id"), "enrolment_move", ["enrolment_id"], unique=False)
    op.create_table(
        "log_entry",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("trainee_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum("draft", "logged", name="entrystatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column(
            "kind",
            sa.Enum(
                "procedure",
                "reflection",
                "observed_assessment",
                "case_discussion",
                "testimony",
                "document",
                name="entrykind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("performed_on", sa.Date(), nullable=True),
        sa.Column("place", sa.String(length=200), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.Column(
            "part",
            sa.Enum(
                "observed",
                "assisted",
                "supervised",
                "independent",
                name="part",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("minutes", sa.Integer(), nullable=True),
        sa.Column("equipment", sa.String(length=200), nullable=False),
        sa.Column("reflection", sa.Text(), nullable=False),
        sa.Column("action_plan", sa.Text(), nullable=False),
        sa.Column("assessment", sa.String(length=20), nullable=False),
        sa.Column("assessor", sa.String(length=200), nullable=False),
        sa.Column("no_patient_details", sa.Boolean(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("status = 'draft' OR no_patient_details", name=op.f("ck_log_entry_logged_is_declared")),
        sa.CheckConstraint("status = 'draft' OR performed_on IS NOT NULL", name=op.f("ck_log_entry_logged_has_a_date")),
        sa.CheckConstraint("status = 'draft' OR title <> ''", name=op.f("ck_log_entry_logged_has_a_title")),
        sa.CheckConstraint("minutes >= 0", name=op.f("ck_log_entry_minutes_not_negative")),
        sa.CheckConstraint("times >= 1", name=op.f("ck_log_entry_times_from_one")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_log_entry_enrolment_id")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_log_entry_trainee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_log_entry")),
    )
    op.create_index("ix_log_entry_enrolment_performed", "log_entry", ["enrolment_id", "performed_on"], unique=False)
    op.create_index(op.f("ix_log_entry_trainee_id"), "log_entry", ["trainee_id"], unique=False)
    op.create_table(
        "notice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "claim_waiting",
                "claim_withdrawn",
                "claim_signed_off",
                "claim_returned",
                "claim_revoked",
                "result_waiting",
                "result_confirmed",
                "review_held",
                "enrolment_moved",
                "enrolment_move_undone",
                name="noticekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=True),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("about", sa.String(length=40), nullable=False),
        sa.Column("path", sa.String(length=200), nullable=False),
        sa.Column("written_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("mailed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("read_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_notice_actor_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_notice_enrolment_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_notice_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index(op.f("ix_notice_person_id"), "notice", ["person_id"], unique=False)
    op.create_index("ix_notice_unsent", "notice", ["mailed_at", "written_at"], unique=False)
    op.create_table(
        "requirement",
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column(
            "requirement_kind",
            sa.Enum(
                "competency", "module", name="requirementkind", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=500), nullable=False),
        sa.Column("expected_month", sa.Integer(), nullable=True),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.Column("guidance", sa.Text(), nullable=True),
        sa.Column("kind", sa.String(length=40), nullable=True),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("provider", sa.String(length=200), nullable=True),
        sa.Column("study_level", sa.Integer(), nullable=True),
        sa.Column("credits", sa.Integer(), nullable=True),
        sa.Column("pass_mark_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("attempts_allowed", sa.Integer(), nullable=True),
        sa.CheckConstraint(
            "requirement_kind <> 'competency' OR kind IS NOT NULL", name=op.f("ck_requirement_a_competency_has_a_kind")
        ),
        sa.CheckConstraint(
            "requirement_kind <> 'module' OR credits > 0", name=op.f("ck_requirement_a_module_has_credits")
        ),
        sa.CheckConstraint("pass_mark_percent BETWEEN 0 AND 100", name=op.f("ck_requirement_pass_mark_in_range")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_requirement_section_id")),
        sa.ForeignKeyConstraint(["version_id"], ["curriculum_version.id"], name=op.f("fk_requirement_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_requirement")),
        sa.UniqueConstraint("version_id", "code", name=op.f("uq_requirement_version_id_code")),
    )
    op.create_index(op.f("ix_requirement_section_id"), "requirement", ["section_id"], unique=False)
    op.create_table(
        "review",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("trainee_id", sa.Uuid(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("held_by_id", sa.Uuid(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("trainee_note", sa.Text(), nullable=False),
        sa.Column("holder_note", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("held_by_id <> trainee_id", name=op.f("ck_review_holder_is_not_trainee")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_review_enrolment_id")),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name=op.f("fk_review_event_seq")),
        sa.ForeignKeyConstraint(["held_by_id"], ["person.id"], name=op.f("fk_review_held_by_id")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_review_trainee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_review")),
        sa.UniqueConstraint("event_seq", name=op.f("uq_review_event_seq")),
    )
    op.create_index("ix_review_enrolment_held", "review", ["enrolment_id", "held_on"], unique=False)
    op.create_index(op.f("ix_review_held_by_id"), "review", ["held_by_id"], unique=False)
    op.create_table(
        "role_grant",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "training_lead",
                "scheme_lead",
                "moderator",
                "examiner",
                "administrator",
                "auditor",
                name="role",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("centre_id", sa.Uuid(), nullable=True),
        sa.Column("curriculum_id", sa.Uuid(), nullable=True),
        sa.Column("enrolment_id", sa.Uuid(), nullable=True),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("given_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "role <> 'scheme_lead' OR curriculum_id IS NOT NULL",
            name=op.f("ck_role_grant_a_scheme_lead_has_a_curriculum"),
        ),
        sa.CheckConstraint(
            "role <> 'training_lead' OR centre_id IS NOT NULL", name=op.f("ck_role_grant_a_training_lead_has_a_centre")
        ),
        sa.CheckConstraint(
            "role NOT IN ('moderator', 'examiner') OR centre_id IS NOT NULL OR curriculum_id IS NOT NULL OR enrolment_id IS NOT NULL",
            name=op.f("ck_role_grant_moderation_has_a_scope"),
        ),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_role_grant_dates_in_order")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_role_grant_centre_id")),
        sa.ForeignKeyConstraint(["curriculum_id"], ["curriculum.id"], name=op.f("fk_role_grant_curriculum_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_role_grant_enrolment_id")),
        sa.ForeignKeyConstraint(["given_by_id"], ["person.id"], name=op.f("fk_role_grant_given_by_id")),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_role_grant_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_role_grant")),
    )
    op.create_index(op.f("ix_role_grant_person_id"), "role_grant", ["person_id"], unique=False)
    op.create_table(
        "section_sum",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=False),
        sa.Column("done", sa.Integer(), nullable=False),
        sa.Column("waiting", sa.Integer(), nullable=False),
        sa.Column("credits", sa.Integer(), nullable=False),
        sa.CheckConstraint("done >= 0 AND waiting >= 0", name=op.f("ck_section_sum_counts_not_negative")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_section_sum_enrolment_id")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_section_sum_section_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "section_id", name=op.f("pk_section_sum")),
    )
    op.create_index(op.f("ix_section_sum_section_id"), "section_sum", ["section_id"], unique=False)
    op.create_table(
        "supervision",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("trainee_id", sa.Uuid(), nullable=False),
        sa.Column("supervisor_id", sa.Uuid(), nullable=False),
        sa.Column(
            "role",
            sa.Enum(
                "supervisor", "assessor", name="supervisionrole", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("ends_on IS NULL OR ends_on >= starts_on", name=op.f("ck_supervision_dates_in_order")),
        sa.CheckConstraint("supervisor_id <> trainee_id", name=op.f("ck_supervision_nobody_supervises_themselves")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_supervision_enrolment_id")),
        sa.ForeignKeyConstraint(["supervisor_id"], ["person.id"], name=op.f("fk_supervision_supervisor_id")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_supervision_trainee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_supervision")),
        sa.UniqueConstraint(
            "enrolment_id",
            "supervisor_id",
            "role",
            "starts_on",
            name=op.f("uq_supervision_enrolment_id_supervisor_id_role_starts_on"),
        ),
    )
    op.create_index(op.f("ix_supervision_enrolment_id"), "supervision", ["enrolment_id"], unique=False)
    op.create_index(op.f("ix_supervision_supervisor_id"), "supervision", ["supervisor_id"], unique=False)
    op.create_table(
        "carried_requirement",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("to_requirement_id", sa.Uuid(), nullable=False),
        sa.Column("from_requirement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "carried",
            sa.Enum(
                "whole",
                "to_confirm",
                "evidence",
                "part",
                name="carried",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("move_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_carried_requirement_enrolment_id")),
        sa.ForeignKeyConstraint(
            ["from_requirement_id"], ["requirement.id"], name=op.f("fk_carried_requirement_from_requirement_id")
        ),
        sa.ForeignKeyConstraint(["move_id"], ["enrolment_move.id"], name=op.f("fk_carried_requirement_move_id")),
        sa.ForeignKeyConstraint(
            ["to_requirement_id"], ["requirement.id"], name=op.f("fk_carried_requirement_to_requirement_id")
        ),
        sa.PrimaryKeyConstraint(
            "enrolment_id", "to_requirement_id", "from_requirement_id", name=op.f("pk_carried_requirement")
        ),
    )
    op.create_index(
        op.f("ix_carried_requirement_from_requirement_id"), "carried_requirement", ["from_requirement_id"], unique=False
    )
    op.create_index(op.f("ix_carried_requirement_move_id"), "carried_requirement", ["move_id"], unique=False)
    op.create_index(
        op.f("ix_carried_requirement_to_requirement_id"), "carried_requirement", ["to_requirement_id"], unique=False
    )
    op.create_table(
        "claim",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("competency_id", sa.Uuid(), nullable=False),
        sa.Column("trainee_id", sa.Uuid(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open",
                "submitted",
                "signed_off",
                "returned",
                "revoked",
                "lapsed",
                name="claimstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("level_claimed", sa.Integer(), nullable=True),
        sa.Column("level_signed", sa.Integer(), nullable=True),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("moved_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_off_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("signed_off_by_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status <> 'submitted' OR submitted_at IS NOT NULL", name=op.f("ck_claim_submitted_has_a_time")
        ),
        sa.CheckConstraint(
            "status NOT IN ('signed_off', 'lapsed', 'revoked') OR (signed_off_at IS NOT NULL AND signed_off_by_id IS NOT NULL AND level_signed IS NOT NULL)",
            name=op.f("ck_claim_signed_off_is_complete"),
        ),
        sa.CheckConstraint("signed_off_by_id <> trainee_id", name=op.f("ck_claim_signer_is_not_trainee")),
        sa.ForeignKeyConstraint(["competency_id"], ["requirement.id"], name=op.f("fk_claim_competency_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_claim_enrolment_id")),
        sa.ForeignKeyConstraint(["signed_off_by_id"], ["person.id"], name=op.f("fk_claim_signed_off_by_id")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_claim_trainee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("enrolment_id", "competency_id", name=op.f("uq_claim_enrolment_id_competency_id")),
    )
    op.create_index(op.f("ix_claim_competency_id"), "claim", ["competency_id"], unique=False)
    op.create_index(op.f("ix_claim_signed_off_by_id"), "claim", ["signed_off_by_id"], unique=False)
    op.create_index(op.f("ix_claim_trainee_id"), "claim", ["trainee_id"], unique=False)
    op.create_index("ix_claim_waiting", "claim", ["status", "submitted_at"], unique=False)
    op.create_table(
        "component",
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(length=40), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("weight_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column("pass_mark_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("must_pass", sa.Boolean(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("pass_mark_percent BETWEEN 0 AND 100", name=op.f("ck_component_pass_mark_in_range")),
        sa.CheckConstraint("weight_percent BETWEEN 0 AND 100", name=op.f("ck_component_weight_in_range")),
        sa.ForeignKeyConstraint(["module_id"], ["requirement.id"], name=op.f("fk_component_module_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_component")),
        sa.UniqueConstraint("module_id", "code", name=op.f("uq_component_module_id_code")),
    )
    op.create_table(
        "entry_competency",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("competency_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["competency_id"], ["requirement.id"], name=op.f("fk_entry_competency_competency_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["log_entry.id"], name=op.f("fk_entry_competency_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "competency_id", name=op.f("pk_entry_competency")),
    )
    op.create_index(op.f("ix_entry_competency_competency_id"), "entry_competency", ["competency_id"], unique=False)
    op.create_table(
        "entry_file",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("file_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["log_entry.id"], name=op.f("fk_entry_file_entry_id")),
        sa.ForeignKeyConstraint(["file_id"], ["evidence_file.id"], name=op.f("fk_entry_file_file_id")),
        sa.PrimaryKeyConstraint("entry_id", "file_id", name=op.f("pk_entry_file")),
    )
    op.create_index(op.f("ix_entry_file_file_id"), "entry_file", ["file_id"], unique=False)
    op.create_table(
        "registration",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("module_id", sa.Uuid(), nullable=False),
        sa.Column("trainee_id", sa.Uuid(), nullable=False),
        sa.Column("registered_on", sa.Date(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "registered",
                "confirmed",
                "withdrawn",
                name="registrationstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "outcome",
            sa.Enum("passed", "failed", name="outcome", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("mark_percent", sa.Numeric(precision=5, scale=2), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_by_id", sa.Uuid(), nullable=True),
        sa.Column("changed_by_id", sa.Uuid(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status <> 'confirmed' OR (outcome IS NOT NULL AND confirmed_at IS NOT NULL AND confirmed_by_id IS NOT NULL)",
            name=op.f("ck_registration_confirmed_is_complete"),
        ),
        sa.CheckConstraint("confirmed_by_id <> trainee_id", name=op.f("ck_registration_confirmer_is_not_trainee")),
        sa.ForeignKeyConstraint(["changed_by_id"], ["person.id"], name=op.f("fk_registration_changed_by_id")),
        sa.ForeignKeyConstraint(["confirmed_by_id"], ["person.id"], name=op.f("fk_registration_confirmed_by_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_registration_enrolment_id")),
        sa.ForeignKeyConstraint(["module_id"], ["requirement.id"], name=op.f("fk_registration_module_id")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_registration_trainee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration")),
        sa.UniqueConstraint("enrolment_id", "module_id", name=op.f("uq_registration_enrolment_id_module_id")),
    )
    op.create_index(op.f("ix_registration_module_id"), "registration", ["module_id"], unique=False)
    op.create_index(op.f("ix_registration_trainee_id"), "registration", ["trainee_id"], unique=False)
    op.create_table(
        "shared_entry",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_shared_entry_enrolment_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["log_entry.id"], name=op.f("fk_shared_entry_entry_id")),
        sa.PrimaryKeyConstraint("entry_id", "enrolment_id", name=op.f("pk_shared_entry")),
    )
    op.create_index(op.f("ix_shared_entry_enrolment_id"), "shared_entry", ["enrolment_id"], unique=False)
    op.create_table(
        "standing",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("requirement_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stage",
            sa.Enum(
                "not_started",
                "in_progress",
                "submitted",
                "returned",
                "done",
                "failed",
                "revoked",
                "lapsed",
                "confirm",
                name="stage",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("counts", sa.JSON(), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("since", sa.Date(), nullable=True),
        sa.Column("changes_on", sa.Date(), nullable=True),
        sa.CheckConstraint("stage <> 'submitted' OR since IS NOT NULL", name=op.f("ck_standing_submitted_since")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_standing_enrolment_id")),
        sa.ForeignKeyConstraint(["requirement_id"], ["requirement.id"], name=op.f("fk_standing_requirement_id")),
        sa.PrimaryKeyConstraint("enrolment_id", "requirement_id", name=op.f("pk_standing")),
    )
    op.create_index("ix_standing_changes_on", "standing", ["changes_on"], unique=False)
    op.create_index(op.f("ix_standing_requirement_id"), "standing", ["requirement_id"], unique=False)
    op.create_table(
        "claim_evidence",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_evidence_claim_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["log_entry.id"], name=op.f("fk_claim_evidence_entry_id")),
        sa.PrimaryKeyConstraint("claim_id", "attempt", "entry_id", name=op.f("pk_claim_evidence")),
    )
    op.create_index(op.f("ix_claim_evidence_entry_id"), "claim_evidence", ["entry_id"], unique=False)
    op.create_table(
        "claim_step",
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "submitted",
                "withdrawn",
                "signed_off",
                "returned",
                "revoked",
                name="stepkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("actor_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("level", sa.Integer(), nullable=True),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "kind NOT IN ('returned', 'revoked') OR comment <> ''", name=op.f("ck_claim_step_a_no_has_a_reason")
        ),
        sa.ForeignKeyConstraint(["actor_id"], ["person.id"], name=op.f("fk_claim_step_actor_id")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_step_claim_id")),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name=op.f("fk_claim_step_event_seq")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_step")),
        sa.UniqueConstraint("event_seq", name=op.f("uq_claim_step_event_seq")),
    )
    op.create_index(op.f("ix_claim_step_actor_id"), "claim_step", ["actor_id"], unique=False)
    op.create_index(op.f("ix_claim_step_claim_id"), "claim_step", ["claim_id"], unique=False)
    op.create_table(
        "mark",
        sa.Column("registration_id", sa.Uuid(), nullable=False),
        sa.Column("component_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("correction", sa.Integer(), nullable=False),
        sa.Column("mark_percent", sa.Numeric(precision=5, scale=2), nullable=False),
        sa.Column(
            "status",
            sa.Enum("provisional", "ratified", name="markstatus", native_enum=False, create_constraint=True, length=40),
            nullable=False,
        ),
        sa.Column("recorded_by_id", sa.Uuid(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_mark_attempt_from_one")),
        sa.CheckConstraint("mark_percent BETWEEN 0 AND 100", name=op.f("ck_mark_mark_in_range")),
        sa.ForeignKeyConstraint(["component_id"], ["component.id"], name=op.f("fk_mark_component_id")),
        sa.ForeignKeyConstraint(["recorded_by_id"], ["person.id"], name=op.f("fk_mark_recorded_by_id")),
        sa.ForeignKeyConstraint(["registration_id"], ["registration.id"], name=op.f("fk_mark_registration_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_mark")),
        sa.UniqueConstraint(
            "registration_id",
            "component_id",
            "attempt",
            "correction",
            name=op.f("uq_mark_registration_id_component_id_attempt_correction"),
        ),
    )
    op.create_index(op.f("ix_mark_registration_id"), "mark", ["registration_id"], unique=False)
    guard_the_record()
    guard_published_versions()


def downgrade() -> None:
    """Drop every table."""
    unguard_published_versions()
    unguard_the_record()
    op.drop_index(op.f("ix_mark_registration_id"), table_name="mark")
    op.drop_table("mark")
    op.drop_index(op.f("ix_claim_step_claim_id"), table_name="claim_step")
    op.drop_index(op.f("ix_claim_step_actor_id"), table_name="claim_step")
    op.drop_table("claim_step")
    op.drop_index(op.f("ix_claim_evidence_entry_id"), table_name="claim_evidence")
    op.drop_table("claim_evidence")
    op.drop_index(op.f("ix_standing_requirement_id"), table_name="standing")
    op.drop_index("ix_standing_changes_on", table_name="standing")
    op.drop_table("standing")
    op.drop_index(op.f("ix_shared_entry_enrolment_id"), table_name="shared_entry")
    op.drop_table("shared_entry")
    op.drop_index(op.f("ix_registration_trainee_id"), table_name="registration")
    op.drop_index(op.f("ix_registration_module_id"), table_name="registration")
    op.drop_table("registration")
    op.drop_index(op.f("ix_entry_file_file_id"), table_name="entry_file")
    op.drop_table("entry_file")
    op.drop_index(op.f("ix_entry_competency_competency_id"), table_name="entry_competency")
    op.drop_table("entry_competency")
    op.drop_table("component")
    op.drop_index("ix_claim_waiting", table_name="claim")
    op.drop_index(op.f("ix_claim_trainee_id"), table_name="claim")
    op.drop_index(op.f("ix_claim_signed_off_by_id"), table_name="claim")
    op.drop_index(op.f("ix_claim_competency_id"), table_name="claim")
    op.drop_table("claim")
    op.drop_index(op.f("ix_carried_requirement_to_requirement_id"), table_name="carried_requirement")
    op.drop_index(op.f("ix_carried_requirement_move_id"), table_name="carried_requirement")
    op.drop_index(op.f("ix_carried_requirement_from_requirement_id"), table_name="carried_requirement")
    op.drop_table("carried_requirement")
    op.drop_index(op.f("ix_supervision_supervisor_id"), table_name="supervision")
    op.drop_index(op.f("ix_supervision_enrolment_id"), table_name="supervision")
    op.drop_table("supervision")
    op.drop_index(op.f("ix_section_sum_section_id"), table_name="section_sum")
    op.drop_table("section_sum")
    op.drop_index(op.f("ix_role_grant_person_id"), table_name="role_grant")
    op.drop_table("role_grant")
    op.drop_index(op.f("ix_review_held_by_id"), table_name="review")
    op.drop_index("ix_review_enrolment_held", table_name="review")
    op.drop_table("review")
    op.drop_index(op.f("ix_requirement_section_id"), table_name="requirement")
    op.drop_table("requirement")
    op.drop_index("ix_notice_unsent", table_name="notice")
    op.drop_index(op.f("ix_notice_person_id"), table_name="notice")
    op.drop_table("notice")
    op.drop_index(op.f("ix_log_entry_trainee_id"), table_name="log_entry")
    op.drop_index("ix_log_entry_enrolment_performed", table_name="log_entry")
    op.drop_table("log_entry")
    op.drop_index(op.f("ix_enrolment_move_enrolment_id"), table_name="enrolment_move")
    op.drop_table("enrolment_move")
    op.drop_index(op.f("ix_enrolment_break_enrolment_id"), table_name="enrolment_break")
    op.drop_table("enrolment_break")
    op.drop_index(op.f("ix_chosen_area_section_id"), table_name="chosen_area")
    op.drop_table("chosen_area")
    op.drop_table("section")
    op.drop_index(op.f("ix_requirement_mapping_to_version_id"), table_name="requirement_mapping")
    op.drop_table("requirement_mapping")
    op.drop_index(op.f("ix_enrolment_version_id"), table_name="enrolment")
    op.drop_index(op.f("ix_enrolment_trainee_id"), table_name="enrolment")
    op.drop_index(op.f("ix_enrolment_centre_id"), table_name="enrolment")
    op.drop_table("enrolment")
    op.drop_index(op.f("ix_draft_change_version_id"), table_name="draft_change")
    op.drop_table("draft_change")
    op.drop_index(op.f("ix_signed_in_person_id"), table_name="signed_in")
    op.drop_table("signed_in")
    op.drop_index(op.f("ix_evidence_file_sha256"), table_name="evidence_file")
    op.drop_index(op.f("ix_evidence_file_owner_id"), table_name="evidence_file")
    op.drop_table("evidence_file")
    op.drop_table("event_opening")
    op.drop_table("curriculum_version")
    op.drop_index(op.f("ix_sign_in_attempt_email_digest"), table_name="sign_in_attempt")
    op.drop_table("sign_in_attempt")
    op.drop_table("record_head")
    op.drop_table("person")
    op.drop_index(op.f("ix_outgoing_mail_next_try_at"), table_name="outgoing_mail")
    op.drop_table("outgoing_mail")
    op.drop_index(op.f("ix_event_enrolment_id"), table_name="event")
    op.drop_table("event")
    op.drop_table("curriculum")
    op.drop_table("centre")
