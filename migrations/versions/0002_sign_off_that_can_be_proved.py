"""Sign-off that can be proved."""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


SIGNED_TABLES = {"checkpoint": "size", "notary_key": "number"}


def guard_signed_tables() -> None:
    """Add the triggers that keep what the notary signed as it is."""
    for table, key in SIGNED_TABLES.items():
        said = f"a row of {table} is never changed"
        if op.get_bind().dialect.name == "sqlite":
            stop = f"BEGIN SELECT RAISE(ABORT, '{said}'); END"
            # INSERT OR REPLACE deletes without asking the trigger on DELETE, so a known key is refused as well.
            known = f"EXISTS (SELECT 1 FROM {table} WHERE {key} = NEW.{key})"  # noqa: S608 - our own names
            op.execute(f"CREATE TRIGGER {table}_is_never_changed BEFORE UPDATE ON {table} {stop}")
            op.execute(f"CREATE TRIGGER {table}_is_never_deleted BEFORE DELETE ON {table} {stop}")
            op.execute(f"CREATE TRIGGER {table}_is_never_replaced BEFORE INSERT ON {table} WHEN {known} {stop}")
            continue
        op.execute(
            f"CREATE FUNCTION refuse_change_of_{table}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN RAISE EXCEPTION '{said}'; END $$"
        )
        for name, verbs, each in (("changed", "UPDATE OR DELETE", "ROW"), ("truncated", "TRUNCATE", "STATEMENT")):
            op.execute(
                f"CREATE TRIGGER {table}_is_never_{name} BEFORE {verbs} ON {table} "
                f"FOR EACH {each} EXECUTE FUNCTION refuse_change_of_{table}()"
            )


def fill_new_columns() -> None:
    """Give rows of before what the new CHECKs ask of them."""
    op.execute("UPDATE claim SET lapse_cause = 'validity' WHERE status = 'lapsed'")


def guard_more() -> None:
    """Add the triggers of the new tables."""
    guard_signed_tables()
    op.execute("UPDATE record_head SET receipts_to = seq")  # nobody gets a receipt for what is long known


def unguard_more() -> None:
    """Take away what is not gone with the tables themselves."""
    if op.get_bind().dialect.name == "postgresql":
        for table in SIGNED_TABLES:
            op.execute(f"DROP FUNCTION refuse_change_of_{table} CASCADE")


def give_up_new_states() -> None:
    """Put rows in states that the tables of before cannot hold into the nearest that they can."""
    # What was told of things that are no longer there goes with them.
    op.execute(
        "DELETE FROM notice WHERE kind NOT IN ('claim_waiting', 'claim_withdrawn', 'claim_signed_off', 'claim_returned', "
        "'claim_revoked', 'result_waiting', 'result_confirmed', 'review_held', 'enrolment_moved', 'enrolment_move_undone')"
    )
    op.execute("DELETE FROM claim_step WHERE kind IN ('lapsed', 'rechecked')")
    # A first signature waits as if nobody had signed yet; who was not approved may no longer sign.
    op.execute(
        "UPDATE claim SET status = 'submitted', level_signed = NULL, signed_off_at = NULL, signed_off_by_id = NULL "
        "WHERE status = 'awaiting_countersign'"
    )
    op.execute("UPDATE standing SET stage = 'submitted' WHERE stage = 'signed'")
    op.execute("DELETE FROM claim_step WHERE kind IN ('passed_on', 'declined')")
    op.execute("UPDATE claim_step SET kind = 'signed_off' WHERE kind IN ('signed', 'countersigned')")
    op.execute("UPDATE supervision SET role = 'assessor' WHERE NOT approved")


def upgrade() -> None:
    """Make the tables of what is new, and let the old ones hold it."""
    op.create_table(
        "checkpoint",
        sa.Column("size", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(), nullable=False),
        sa.Column("note", sa.LargeBinary(), nullable=False),
        sa.Column("sealed_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("length(root) = 32", name=op.f("ck_checkpoint_root_is_sha256")),
        sa.PrimaryKeyConstraint("size", name=op.f("pk_checkpoint")),
    )
    op.create_table(
        "notary_key",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("vkey", sa.String(length=400), nullable=False),
        sa.Column("after_size", sa.BigInteger(), nullable=False),
        sa.Column(
            "ended",
            sa.Enum("rotated", "revoked", name="keyend", native_enum=False, create_constraint=True, length=40),
            nullable=True,
        ),
        sa.Column("note", sa.LargeBinary(), nullable=True),
        sa.Column("made_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(
            "(number = 1 AND ended IS NULL AND note IS NULL) OR (number > 1 AND ended IS NOT NULL AND note IS NOT NULL)",
            name=op.f("ck_notary_key_a_change_is_signed"),
        ),
        sa.CheckConstraint("number >= 1", name=op.f("ck_notary_key_number_from_one")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_notary_key")),
        sa.UniqueConstraint("vkey", name=op.f("uq_notary_key_vkey")),
    )
    op.create_table(
        "tree_block",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.CheckConstraint("length(hash) = 32", name=op.f("ck_tree_block_hash_is_sha256")),
        sa.PrimaryKeyConstraint("number", name=op.f("pk_tree_block")),
    )
    op.create_table(
        "authenticator_app",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_authenticator_app_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_authenticator_app")),
    )
    op.create_table(
        "equipment",
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "equipment",
                "software",
                "procedure",
                name="equipmentkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint("name <> ''", name=op.f("ck_equipment_it_has_a_name")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_equipment_centre_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment")),
        sa.UniqueConstraint("centre_id", "kind", "name", name=op.f("uq_equipment_centre_id_kind_name")),
    )
    op.create_table(
        "event_assertion",
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("authenticator_data", sa.LargeBinary(), nullable=False),
        sa.Column("client_data", sa.LargeBinary(), nullable=False),
        sa.Column("signature", sa.LargeBinary(), nullable=False),
        sa.Column("intents", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["seq"], ["event.seq"], name=op.f("fk_event_assertion_seq")),
        sa.PrimaryKeyConstraint("seq", name=op.f("pk_event_assertion")),
    )
    op.create_table(
        "mail_choice",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column(
            "mail_time",
            sa.Enum(
                "at_once",
                "daily",
                "weekly",
                "never",
                name="mailtime",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_mail_choice_person_id")),
        sa.PrimaryKeyConstraint("person_id", name=op.f("pk_mail_choice")),
    )
    op.create_table(
        "passkey",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("credential", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("added_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_passkey_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential", name=op.f("uq_passkey_credential")),
    )
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_passkey_person_id"), ["person_id"], unique=False)

    op.create_table(
        "visit",
        sa.Column("centre_id", sa.Uuid(), nullable=False),
        sa.Column("curriculum_id", sa.Uuid(), nullable=False),
        sa.Column("moderator_id", sa.Uuid(), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("seed", sa.String(length=64), nullable=False),
        sa.Column("each", sa.Integer(), nullable=False),
        sa.Column("trainees", sa.Integer(), nullable=True),
        sa.Column("drawn_from", sa.JSON(), nullable=False),
        sa.Column("left_out", sa.Integer(), nullable=False),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column(
            "outcome",
            sa.Enum(
                "satisfied",
                "advice",
                "action",
                name="visitoutcome",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("held_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("held_seq", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(outcome IS NULL AND held_at IS NULL AND held_seq IS NULL) OR (outcome IS NOT NULL AND held_at IS NOT NULL AND held_seq IS NOT NULL AND comment <> '')",
            name=op.f("ck_visit_held_is_complete"),
        ),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_visit_dates_in_order")),
        sa.CheckConstraint("length(seed) = 64", name=op.f("ck_visit_seed_is_whole")),
        sa.CheckConstraint("moderator_id <> opened_by_id", name=op.f("ck_visit_nobody_moderates_for_themselves")),
        sa.ForeignKeyConstraint(["centre_id"], ["centre.id"], name=op.f("fk_visit_centre_id")),
        sa.ForeignKeyConstraint(["curriculum_id"], ["curriculum.id"], name=op.f("fk_visit_curriculum_id")),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name=op.f("fk_visit_event_seq")),
        sa.ForeignKeyConstraint(["held_seq"], ["event.seq"], name=op.f("fk_visit_held_seq")),
        sa.ForeignKeyConstraint(["moderator_id"], ["person.id"], name=op.f("fk_visit_moderator_id")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_visit_opened_by_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit")),
        sa.UniqueConstraint("event_seq", name=op.f("uq_visit_event_seq")),
        sa.UniqueConstraint("held_seq", name=op.f("uq_visit_held_seq")),
    )
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_centre_id"), ["centre_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_curriculum_id"), ["curriculum_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_moderator_id"), ["moderator_id"], unique=False)

    op.create_table(
        "wrong_code",
        sa.Column("person_id", sa.Uuid(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["person_id"], ["person.id"], name=op.f("fk_wrong_code_person_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_wrong_code")),
    )
    with op.batch_alter_table("wrong_code", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_wrong_code_person_id"), ["person_id"], unique=False)

    op.create_table(
        "equipment_revision",
        sa.Column("equipment_id", sa.Uuid(), nullable=False),
        sa.Column("name", sa.String(length=100), nullable=False),
        sa.Column("since_on", sa.Date(), nullable=False),
        sa.Column("what_changed", sa.Text(), nullable=False),
        sa.Column("needs_recheck", sa.Boolean(), nullable=False),
        sa.Column("registered_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("registered_by_id", sa.Uuid(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "NOT needs_recheck OR what_changed <> ''", name=op.f("ck_equipment_revision_a_recheck_has_a_reason")
        ),
        sa.CheckConstraint("name <> ''", name=op.f("ck_equipment_revision_it_has_a_name")),
        sa.CheckConstraint("asked_at IS NULL OR needs_recheck", name=op.f("ck_equipment_revision_asked_where_needed")),
        sa.ForeignKeyConstraint(["equipment_id"], ["equipment.id"], name=op.f("fk_equipment_revision_equipment_id")),
        sa.ForeignKeyConstraint(
            ["registered_by_id"], ["person.id"], name=op.f("fk_equipment_revision_registered_by_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_equipment_revision")),
        sa.UniqueConstraint("equipment_id", "name", name=op.f("uq_equipment_revision_equipment_id_name")),
    )
    with op.batch_alter_table("equipment_revision", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_equipment_revision_equipment_id"), ["equipment_id"], unique=False)
        batch_op.create_index("ix_equipment_revision_to_ask", ["needs_recheck", "asked_at"], unique=False)

    op.create_table(
        "final_assessment",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("trainee_id", sa.Uuid(), nullable=False),
        sa.Column("attempt", sa.Integer(), nullable=False),
        sa.Column("examiner_id", sa.Uuid(), nullable=False),
        sa.Column("assigned_by_id", sa.Uuid(), nullable=False),
        sa.Column("opens_on", sa.Date(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("assigned_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("parts", sa.JSON(), nullable=False),
        sa.Column("outcome", sa.String(length=40), nullable=False),
        sa.Column("questions", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("recorded_seq", sa.BigInteger(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_seq", sa.BigInteger(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(outcome = '' AND recorded_at IS NULL AND recorded_seq IS NULL) OR (outcome <> '' AND recorded_at IS NOT NULL AND recorded_seq IS NOT NULL)",
            name=op.f("ck_final_assessment_recorded_is_complete"),
        ),
        sa.CheckConstraint("attempt >= 1", name=op.f("ck_final_assessment_attempt_from_one")),
        sa.CheckConstraint("closes_on >= opens_on", name=op.f("ck_final_assessment_dates_in_order")),
        sa.CheckConstraint("examiner_id <> assigned_by_id", name=op.f("ck_final_assessment_nobody_asks_themselves")),
        sa.CheckConstraint("examiner_id <> trainee_id", name=op.f("ck_final_assessment_examiner_is_not_trainee")),
        sa.CheckConstraint(
            "released_at IS NULL OR recorded_at IS NOT NULL", name=op.f("ck_final_assessment_released_was_recorded")
        ),
        sa.ForeignKeyConstraint(["assigned_by_id"], ["person.id"], name=op.f("fk_final_assessment_assigned_by_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_final_assessment_enrolment_id")),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name=op.f("fk_final_assessment_event_seq")),
        sa.ForeignKeyConstraint(["examiner_id"], ["person.id"], name=op.f("fk_final_assessment_examiner_id")),
        sa.ForeignKeyConstraint(["recorded_seq"], ["event.seq"], name=op.f("fk_final_assessment_recorded_seq")),
        sa.ForeignKeyConstraint(["released_seq"], ["event.seq"], name=op.f("fk_final_assessment_released_seq")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_final_assessment_trainee_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_final_assessment")),
        sa.UniqueConstraint("enrolment_id", "attempt", name=op.f("uq_final_assessment_enrolment_id_attempt")),
        sa.UniqueConstraint("event_seq", name=op.f("uq_final_assessment_event_seq")),
        sa.UniqueConstraint("recorded_seq", name=op.f("uq_final_assessment_recorded_seq")),
        sa.UniqueConstraint("released_seq", name=op.f("uq_final_assessment_released_seq")),
    )
    with op.batch_alter_table("final_assessment", schema=None) as batch_op:
        batch_op.create_index("ix_final_assessment_examiner", ["examiner_id", "closes_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_final_assessment_trainee_id"), ["trainee_id"], unique=False)

    op.create_table(
        "signature",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("trainee_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("section_id", sa.Uuid(), nullable=True),
        sa.Column("signed_by_id", sa.Uuid(), nullable=False),
        sa.Column("signed_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("comment", sa.Text(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by_id", sa.Uuid(), nullable=True),
        sa.Column("revoked_seq", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(revoked_at IS NULL AND revoked_by_id IS NULL AND revoked_seq IS NULL AND reason = '') OR (revoked_at IS NOT NULL AND revoked_by_id IS NOT NULL AND revoked_seq IS NOT NULL AND reason <> '')",
            name=op.f("ck_signature_revoked_is_complete"),
        ),
        sa.CheckConstraint("signed_by_id <> trainee_id", name=op.f("ck_signature_signer_is_not_trainee")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_signature_enrolment_id")),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name=op.f("fk_signature_event_seq")),
        sa.ForeignKeyConstraint(["revoked_by_id"], ["person.id"], name=op.f("fk_signature_revoked_by_id")),
        sa.ForeignKeyConstraint(["revoked_seq"], ["event.seq"], name=op.f("fk_signature_revoked_seq")),
        sa.ForeignKeyConstraint(["section_id"], ["section.id"], name=op.f("fk_signature_section_id")),
        sa.ForeignKeyConstraint(["signed_by_id"], ["person.id"], name=op.f("fk_signature_signed_by_id")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_signature_trainee_id")),
        sa.ForeignKeyConstraint(["version_id"], ["curriculum_version.id"], name=op.f("fk_signature_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_signature")),
        sa.UniqueConstraint("event_seq", name=op.f("uq_signature_event_seq")),
        sa.UniqueConstraint("revoked_seq", name=op.f("uq_signature_revoked_seq")),
    )
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.create_index("ix_signature_enrolment", ["enrolment_id", "event_seq"], unique=False)
        batch_op.create_index(batch_op.f("ix_signature_signed_by_id"), ["signed_by_id"], unique=False)

    op.create_table(
        "assessment",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("trainee_id", sa.Uuid(), nullable=False),
        sa.Column("competency_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("title", sa.String(length=200), nullable=False),
        sa.Column("performed_on", sa.Date(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "asked",
                "declined",
                "withdrawn",
                "expired",
                "answered",
                "done",
                "not_accepted",
                name="assessmentstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("assessor_id", sa.Uuid(), nullable=True),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("assessor_name", sa.String(length=60), nullable=False),
        sa.Column("assessor_role", sa.String(length=60), nullable=False),
        sa.Column("register_body", sa.String(length=60), nullable=False),
        sa.Column("register_number", sa.String(length=40), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("answered_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_seq", sa.BigInteger(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("decided_seq", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status <> 'done' OR assessor_id IS NOT NULL OR decided_by_id IS NOT NULL",
            name=op.f("ck_assessment_done_without_an_account_was_accepted"),
        ),
        sa.CheckConstraint("status <> 'done' OR entry_id IS NOT NULL", name=op.f("ck_assessment_done_counts")),
        sa.CheckConstraint(
            "status NOT IN ('answered', 'done', 'not_accepted') OR (answered_at IS NOT NULL AND assessor_name <> '' AND event_seq IS NOT NULL)",
            name=op.f("ck_assessment_answered_is_complete"),
        ),
        sa.CheckConstraint(
            "status NOT IN ('declined', 'not_accepted') OR reason <> ''", name=op.f("ck_assessment_a_no_has_a_reason")
        ),
        sa.CheckConstraint("assessor_id <> trainee_id", name=op.f("ck_assessment_nobody_assesses_themselves")),
        sa.CheckConstraint("decided_by_id <> trainee_id", name=op.f("ck_assessment_nobody_accepts_for_themselves")),
        sa.CheckConstraint("entry_id = id", name=op.f("ck_assessment_entry_has_the_same_id")),
        sa.ForeignKeyConstraint(["assessor_id"], ["person.id"], name=op.f("fk_assessment_assessor_id")),
        sa.ForeignKeyConstraint(["competency_id"], ["requirement.id"], name=op.f("fk_assessment_competency_id")),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_assessment_decided_by_id")),
        sa.ForeignKeyConstraint(["decided_seq"], ["event.seq"], name=op.f("fk_assessment_decided_seq")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_assessment_enrolment_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["log_entry.id"], name=op.f("fk_assessment_entry_id")),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name=op.f("fk_assessment_event_seq")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_assessment_trainee_id")),
        sa.ForeignKeyConstraint(["version_id"], ["curriculum_version.id"], name=op.f("fk_assessment_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment")),
        sa.UniqueConstraint("decided_seq", name=op.f("uq_assessment_decided_seq")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_assessment_entry_id")),
        sa.UniqueConstraint("event_seq", name=op.f("uq_assessment_event_seq")),
    )
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_assessor_id"), ["assessor_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_competency_id"), ["competency_id"], unique=False)
        batch_op.create_index("ix_assessment_enrolment_asked", ["enrolment_id", "asked_at"], unique=False)
        batch_op.create_index("ix_assessment_open", ["status", "expires_at"], unique=False)
        batch_op.create_index(batch_op.f("ix_assessment_trainee_id"), ["trainee_id"], unique=False)

    op.create_table(
        "entry_equipment",
        sa.Column("entry_id", sa.Uuid(), nullable=False),
        sa.Column("revision_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["entry_id"], ["log_entry.id"], name=op.f("fk_entry_equipment_entry_id")),
        sa.ForeignKeyConstraint(
            ["revision_id"], ["equipment_revision.id"], name=op.f("fk_entry_equipment_revision_id")
        ),
        sa.PrimaryKeyConstraint("entry_id", "revision_id", name=op.f("pk_entry_equipment")),
    )
    with op.batch_alter_table("entry_equipment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_entry_equipment_revision_id"), ["revision_id"], unique=False)

    op.create_table(
        "feedback_round",
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("trainee_id", sa.Uuid(), nullable=False),
        sa.Column("version_id", sa.Uuid(), nullable=False),
        sa.Column("form", sa.String(length=20), nullable=False),
        sa.Column("competency_id", sa.Uuid(), nullable=True),
        sa.Column("fewest", sa.Integer(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "open", "too_few", "collated", name="roundstatus", native_enum=False, create_constraint=True, length=40
            ),
            nullable=False,
        ),
        sa.Column("opened_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("opened_by_id", sa.Uuid(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=False),
        sa.Column("reminded_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answered", sa.Integer(), nullable=False),
        sa.Column("self_answers", sa.JSON(none_as_null=True), nullable=True),
        sa.Column("closed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("event_seq", sa.BigInteger(), nullable=True),
        sa.Column("entry_id", sa.Uuid(), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "status <> 'collated' OR (event_seq IS NOT NULL AND closed_at IS NOT NULL)",
            name=op.f("ck_feedback_round_collated_is_on_record"),
        ),
        sa.CheckConstraint(
            "status <> 'collated' OR answered >= fewest", name=op.f("ck_feedback_round_collated_of_enough")
        ),
        sa.CheckConstraint("entry_id = id", name=op.f("ck_feedback_round_entry_has_the_same_id")),
        sa.CheckConstraint("fewest >= 2", name=op.f("ck_feedback_round_sums_of_one_tell_all")),
        sa.ForeignKeyConstraint(["competency_id"], ["requirement.id"], name=op.f("fk_feedback_round_competency_id")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_feedback_round_enrolment_id")),
        sa.ForeignKeyConstraint(["entry_id"], ["log_entry.id"], name=op.f("fk_feedback_round_entry_id")),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name=op.f("fk_feedback_round_event_seq")),
        sa.ForeignKeyConstraint(["opened_by_id"], ["person.id"], name=op.f("fk_feedback_round_opened_by_id")),
        sa.ForeignKeyConstraint(["trainee_id"], ["person.id"], name=op.f("fk_feedback_round_trainee_id")),
        sa.ForeignKeyConstraint(["version_id"], ["curriculum_version.id"], name=op.f("fk_feedback_round_version_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_round")),
        sa.UniqueConstraint("entry_id", name=op.f("uq_feedback_round_entry_id")),
        sa.UniqueConstraint("event_seq", name=op.f("uq_feedback_round_event_seq")),
    )
    with op.batch_alter_table("feedback_round", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_round_enrolment_id"), ["enrolment_id"], unique=False)
        batch_op.create_index("ix_feedback_round_open", ["status", "closes_on"], unique=False)
        batch_op.create_index(batch_op.f("ix_feedback_round_trainee_id"), ["trainee_id"], unique=False)
        batch_op.create_index(
            "uq_feedback_round_one_open",
            ["enrolment_id"],
            unique=True,
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )

    op.create_table(
        "signature_item",
        sa.Column("signature_id", sa.Uuid(), nullable=False),
        sa.Column("event_seq", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["event_seq"], ["event.seq"], name=op.f("fk_signature_item_event_seq")),
        sa.ForeignKeyConstraint(["signature_id"], ["signature.id"], name=op.f("fk_signature_item_signature_id")),
        sa.PrimaryKeyConstraint("signature_id", "event_seq", name=op.f("pk_signature_item")),
    )
    with op.batch_alter_table("signature_item", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_signature_item_event_seq"), ["event_seq"], unique=False)

    op.create_table(
        "assessment_link",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("to_address", sa.String(length=254), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ended_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column(
            "ended_as",
            sa.Enum(
                "used",
                "declined",
                "passed_on",
                "replaced",
                "taken",
                "withdrawn",
                "expired",
                name="linkend",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=True,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(ended_at IS NULL) = (ended_as IS NULL)", name=op.f("ck_assessment_link_it_ends_for_a_reason")
        ),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_assessment_link_assessment_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_assessment_link")),
        sa.UniqueConstraint("digest", name=op.f("uq_assessment_link_digest")),
    )
    with op.batch_alter_table("assessment_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_assessment_link_assessment_id"), ["assessment_id"], unique=False)
        batch_op.create_index(
            "uq_assessment_link_open",
            ["assessment_id"],
            unique=True,
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )

    op.create_table(
        "bench_code",
        sa.Column("assessment_id", sa.Uuid(), nullable=False),
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["assessment_id"], ["assessment.id"], name=op.f("fk_bench_code_assessment_id")),
        sa.PrimaryKeyConstraint("assessment_id", name=op.f("pk_bench_code")),
        sa.UniqueConstraint("digest", name=op.f("uq_bench_code_digest")),
    )
    op.create_table(
        "feedback_answer",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("answers", sa.JSON(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["feedback_round.id"], name=op.f("fk_feedback_answer_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_answer")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("feedback_answer", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_answer_round_id"), ["round_id"], unique=False)

    op.create_table(
        "feedback_colleague",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("address", sa.String(length=254), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "asked",
                "answered",
                "declined",
                name="colleaguestatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(["round_id"], ["feedback_round.id"], name=op.f("fk_feedback_colleague_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_colleague")),
        sa.UniqueConstraint("round_id", "address", name=op.f("uq_feedback_colleague_round_id_address")),
    )
    op.create_table(
        "feedback_comment",
        sa.Column("round_id", sa.Uuid(), nullable=False),
        sa.Column("question", sa.String(length=40), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column(
            "status",
            sa.Enum(
                "waiting",
                "released",
                "held_back",
                name="commentstatus",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_by_id", sa.Uuid(), nullable=True),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "(status = 'waiting') = (decided_by_id IS NULL)", name=op.f("ck_feedback_comment_somebody_decided")
        ),
        sa.ForeignKeyConstraint(["decided_by_id"], ["person.id"], name=op.f("fk_feedback_comment_decided_by_id")),
        sa.ForeignKeyConstraint(["round_id"], ["feedback_round.id"], name=op.f("fk_feedback_comment_round_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feedback_comment")),
        sqlite_with_rowid=False,
    )
    with op.batch_alter_table("feedback_comment", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_comment_round_id"), ["round_id"], unique=False)

    op.create_table(
        "visit_sample",
        sa.Column("visit_id", sa.Uuid(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("enrolment_id", sa.Uuid(), nullable=False),
        sa.Column("claim_id", sa.Uuid(), nullable=False),
        sa.Column(
            "stratum",
            sa.Enum(
                "signed_off",
                "countersigned",
                "returned",
                name="stratum",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("decided_seq", sa.BigInteger(), nullable=False),
        sa.Column(
            "verdict",
            sa.Enum(
                "agrees", "advises", "disagrees", name="verdict", native_enum=False, create_constraint=True, length=40
            ),
            nullable=True,
        ),
        sa.Column("note", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("id", sa.Uuid(), nullable=False),
        sa.CheckConstraint(
            "verdict IS NULL OR verdict = 'agrees' OR note <> ''", name=op.f("ck_visit_sample_a_no_has_a_reason")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_visit_sample_claim_id")),
        sa.ForeignKeyConstraint(["decided_seq"], ["event.seq"], name=op.f("fk_visit_sample_decided_seq")),
        sa.ForeignKeyConstraint(["enrolment_id"], ["enrolment.id"], name=op.f("fk_visit_sample_enrolment_id")),
        sa.ForeignKeyConstraint(["visit_id"], ["visit.id"], name=op.f("fk_visit_sample_visit_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_visit_sample")),
        sa.UniqueConstraint("visit_id", "claim_id", name=op.f("uq_visit_sample_visit_id_claim_id")),
        sa.UniqueConstraint("visit_id", "position", name=op.f("uq_visit_sample_visit_id_position")),
    )
    with op.batch_alter_table("visit_sample", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_visit_sample_claim_id"), ["claim_id"], unique=False)
        batch_op.create_index(batch_op.f("ix_visit_sample_enrolment_id"), ["enrolment_id"], unique=False)

    op.create_table(
        "feedback_link",
        sa.Column("digest", sa.String(length=64), nullable=False),
        sa.Column("colleague_id", sa.Uuid(), nullable=False),
        sa.ForeignKeyConstraint(
            ["colleague_id"], ["feedback_colleague.id"], name=op.f("fk_feedback_link_colleague_id")
        ),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_feedback_link")),
    )
    with op.batch_alter_table("feedback_link", schema=None) as batch_op:
        batch_op.create_index(batch_op.f("ix_feedback_link_colleague_id"), ["colleague_id"], unique=False)

    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.add_column(sa.Column("countersigned_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.add_column(sa.Column("countersigned_by_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("asked_of_id", sa.Uuid(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "lapse_cause",
                sa.Enum("validity", "change", name="lapsecause", native_enum=False, create_constraint=False, length=40),
                nullable=True,
            )
        )
        batch_op.add_column(sa.Column("offered_at", sa.DateTime(timezone=True), nullable=True))
        batch_op.create_index(batch_op.f("ix_claim_countersigned_by_id"), ["countersigned_by_id"], unique=False)
        batch_op.create_foreign_key(
            batch_op.f("fk_claim_countersigned_by_id"), "person", ["countersigned_by_id"], ["id"]
        )
        batch_op.create_foreign_key(batch_op.f("fk_claim_asked_of_id"), "person", ["asked_of_id"], ["id"])

    with op.batch_alter_table("claim_evidence", schema=None) as batch_op:
        batch_op.add_column(sa.Column("rejected", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))

    with op.batch_alter_table("claim_step", schema=None) as batch_op:
        batch_op.add_column(sa.Column("covers_for_id", sa.Uuid(), nullable=True))
        batch_op.alter_column("actor_id", existing_type=sa.CHAR(length=32), nullable=True)
        batch_op.create_index("ix_claim_step_actor_at", ["actor_id", "at"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_claim_step_covers_for_id"), "person", ["covers_for_id"], ["id"])

    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.add_column(sa.Column("counts_as_form", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("counts_as_part", sa.String(length=20), nullable=True))
        batch_op.add_column(sa.Column("fixed", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))

    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.add_column(sa.Column("attachments", sa.JSON(), nullable=True))

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.add_column(sa.Column("has_app", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))
        batch_op.add_column(sa.Column("has_passkey", sa.Boolean(), server_default=sa.text("(false)"), nullable=False))

    with op.batch_alter_table("record_head", schema=None) as batch_op:
        batch_op.add_column(sa.Column("receipts_to", sa.BigInteger(), server_default="0", nullable=False))

    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.add_column(sa.Column("names_id", sa.Uuid(), nullable=True))
        batch_op.add_column(sa.Column("lapses_on", sa.Date(), nullable=True))
        batch_op.add_column(
            sa.Column(
                "lapse_cause",
                sa.Enum("validity", "change", name="lapsecause", native_enum=False, create_constraint=False, length=40),
                nullable=True,
            )
        )
        batch_op.create_index("ix_standing_lapses_on", ["lapses_on"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_standing_names_id"), "person", ["names_id"], ["id"])

    with op.batch_alter_table("supervision", schema=None) as batch_op:
        batch_op.add_column(sa.Column("approved", sa.Boolean(), server_default=sa.text("(true)"), nullable=False))
        batch_op.add_column(sa.Column("covers_for_id", sa.Uuid(), nullable=True))
        batch_op.create_index(batch_op.f("ix_supervision_covers_for_id"), ["covers_for_id"], unique=False)
        batch_op.create_foreign_key(batch_op.f("fk_supervision_covers_for_id"), "person", ["covers_for_id"], ["id"])

    fill_new_columns()
    with op.batch_alter_table("claim") as batch_op:
        batch_op.drop_constraint(op.f("ck_claim_claimstatus"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_claim_claimstatus"),
            "status IN ('open', 'submitted', 'awaiting_countersign', 'signed_off', 'returned', 'revoked', 'lapsed')",
        )
        batch_op.create_check_constraint(
            op.f("ck_claim_first_signature_is_complete"),
            "status <> 'awaiting_countersign' OR (signed_off_at IS NOT NULL AND signed_off_by_id IS NOT NULL AND level_signed IS NOT NULL AND countersigned_by_id IS NULL)",
        )
        batch_op.create_check_constraint(op.f("ck_claim_lapsecause"), "lapse_cause IN ('validity', 'change')")
        batch_op.create_check_constraint(
            op.f("ck_claim_lapsed_has_a_cause"), "status <> 'lapsed' OR lapse_cause IS NOT NULL"
        )
        batch_op.create_check_constraint(
            op.f("ck_claim_second_signature_is_complete"),
            "(countersigned_at IS NULL) = (countersigned_by_id IS NULL) AND (countersigned_by_id IS NULL OR signed_off_by_id IS NOT NULL)",
        )
        batch_op.create_check_constraint(
            op.f("ck_claim_second_signature_is_of_another"),
            "countersigned_by_id <> signed_off_by_id AND countersigned_by_id <> trainee_id",
        )
    with op.batch_alter_table("claim_step") as batch_op:
        batch_op.drop_constraint(op.f("ck_claim_step_a_no_has_a_reason"), type_="check")
        batch_op.drop_constraint(op.f("ck_claim_step_stepkind"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_claim_step_a_no_has_a_reason"), "kind NOT IN ('returned', 'revoked', 'declined') OR comment <> ''"
        )
        batch_op.create_check_constraint(
            op.f("ck_claim_step_only_time_is_nobody"), "kind = 'lapsed' OR actor_id IS NOT NULL"
        )
        batch_op.create_check_constraint(
            op.f("ck_claim_step_stepkind"),
            "kind IN ('submitted', 'withdrawn', 'signed_off', 'signed', 'countersigned', 'returned', 'revoked', 'lapsed', 'rechecked', 'passed_on', 'declined')",
        )
    with op.batch_alter_table("log_entry") as batch_op:
        batch_op.create_check_constraint(op.f("ck_log_entry_fixed_is_logged"), "status = 'logged' OR NOT fixed")
    with op.batch_alter_table("notice") as batch_op:
        batch_op.drop_constraint(op.f("ck_notice_noticekind"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_notice_noticekind"),
            "kind IN ('claim_waiting', 'claim_withdrawn', 'claim_signed_off', 'claim_returned', 'claim_revoked', 'claim_signed', 'countersign_waiting', 'claim_countersigned', 'countersign_refused', 'claim_passed_on', 'claim_asked_of_another', 'claim_declined', 'claim_declined_by_all', 'cover_named', 'cover_ended', 'supervisor_approved', 'supervisor_not_approved', 'entry_retyped', 'recheck_due', 'rechecked', 'decision_offered', 'decision_stuck', 'result_waiting', 'result_confirmed', 'review_held', 'section_signed', 'training_signed', 'training_waiting', 'signature_revoked', 'visit_opened', 'visit_held', 'verdict_against', 'examiner_assigned', 'final_recorded', 'final_released', 'enrolment_moved', 'enrolment_move_undone', 'assessment_asked', 'assessment_withdrawn', 'assessment_passed_on', 'assessment_declined', 'assessment_expired', 'assessment_answered', 'assessment_done', 'assessment_accepted', 'assessment_not_accepted', 'feedback_opened', 'feedback_too_few', 'feedback_ready', 'feedback_to_read', 'feedback_released')",
        )
    with op.batch_alter_table("standing") as batch_op:
        batch_op.drop_constraint(op.f("ck_standing_stage"), type_="check")
        batch_op.create_check_constraint(op.f("ck_standing_lapsecause"), "lapse_cause IN ('validity', 'change')")
        batch_op.create_check_constraint(
            op.f("ck_standing_signed_by_whom"), "stage <> 'signed' OR (since IS NOT NULL AND names_id IS NOT NULL)"
        )
        batch_op.create_check_constraint(
            op.f("ck_standing_stage"),
            "stage IN ('not_started', 'in_progress', 'submitted', 'signed', 'returned', 'done', 'failed', 'revoked', 'lapsed', 'confirm')",
        )
    with op.batch_alter_table("supervision") as batch_op:
        batch_op.create_check_constraint(
            op.f("ck_supervision_cover_ends"), "covers_for_id IS NULL OR ends_on IS NOT NULL"
        )
        batch_op.create_check_constraint(
            op.f("ck_supervision_nobody_covers_for_themselves"), "covers_for_id <> supervisor_id"
        )
    guard_more()


def downgrade() -> None:
    """Take it away again."""
    unguard_more()
    give_up_new_states()
    with op.batch_alter_table("claim") as batch_op:
        batch_op.drop_constraint(op.f("ck_claim_claimstatus"), type_="check")
        batch_op.drop_constraint(op.f("ck_claim_first_signature_is_complete"), type_="check")
        batch_op.drop_constraint(op.f("ck_claim_lapsecause"), type_="check")
        batch_op.drop_constraint(op.f("ck_claim_lapsed_has_a_cause"), type_="check")
        batch_op.drop_constraint(op.f("ck_claim_second_signature_is_complete"), type_="check")
        batch_op.drop_constraint(op.f("ck_claim_second_signature_is_of_another"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_claim_claimstatus"),
            "status IN ('open', 'submitted', 'signed_off', 'returned', 'revoked', 'lapsed')",
        )
    with op.batch_alter_table("claim_step") as batch_op:
        batch_op.drop_constraint(op.f("ck_claim_step_a_no_has_a_reason"), type_="check")
        batch_op.drop_constraint(op.f("ck_claim_step_only_time_is_nobody"), type_="check")
        batch_op.drop_constraint(op.f("ck_claim_step_stepkind"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_claim_step_a_no_has_a_reason"), "kind NOT IN ('returned', 'revoked') OR comment <> ''"
        )
        batch_op.create_check_constraint(
            op.f("ck_claim_step_stepkind"), "kind IN ('submitted', 'withdrawn', 'signed_off', 'returned', 'revoked')"
        )
    with op.batch_alter_table("log_entry") as batch_op:
        batch_op.drop_constraint(op.f("ck_log_entry_fixed_is_logged"), type_="check")
    with op.batch_alter_table("notice") as batch_op:
        batch_op.drop_constraint(op.f("ck_notice_noticekind"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_notice_noticekind"),
            "kind IN ('claim_waiting', 'claim_withdrawn', 'claim_signed_off', 'claim_returned', 'claim_revoked', 'result_waiting', 'result_confirmed', 'review_held', 'enrolment_moved', 'enrolment_move_undone')",
        )
    with op.batch_alter_table("standing") as batch_op:
        batch_op.drop_constraint(op.f("ck_standing_lapsecause"), type_="check")
        batch_op.drop_constraint(op.f("ck_standing_signed_by_whom"), type_="check")
        batch_op.drop_constraint(op.f("ck_standing_stage"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_standing_stage"),
            "stage IN ('not_started', 'in_progress', 'submitted', 'returned', 'done', 'failed', 'revoked', 'lapsed', 'confirm')",
        )
    with op.batch_alter_table("supervision") as batch_op:
        batch_op.drop_constraint(op.f("ck_supervision_cover_ends"), type_="check")
        batch_op.drop_constraint(op.f("ck_supervision_nobody_covers_for_themselves"), type_="check")
    with op.batch_alter_table("supervision", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_supervision_covers_for_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_supervision_covers_for_id"))
        batch_op.drop_column("covers_for_id")
        batch_op.drop_column("approved")

    with op.batch_alter_table("standing", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_standing_names_id"), type_="foreignkey")
        batch_op.drop_index("ix_standing_lapses_on")
        batch_op.drop_column("lapse_cause")
        batch_op.drop_column("lapses_on")
        batch_op.drop_column("names_id")

    with op.batch_alter_table("record_head", schema=None) as batch_op:
        batch_op.drop_column("receipts_to")

    with op.batch_alter_table("person", schema=None) as batch_op:
        batch_op.drop_column("has_passkey")
        batch_op.drop_column("has_app")

    with op.batch_alter_table("outgoing_mail", schema=None) as batch_op:
        batch_op.drop_column("attachments")

    with op.batch_alter_table("log_entry", schema=None) as batch_op:
        batch_op.drop_column("fixed")
        batch_op.drop_column("counts_as_part")
        batch_op.drop_column("counts_as_form")

    with op.batch_alter_table("claim_step", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_claim_step_covers_for_id"), type_="foreignkey")
        batch_op.drop_index("ix_claim_step_actor_at")
        batch_op.alter_column("actor_id", existing_type=sa.CHAR(length=32), nullable=False)
        batch_op.drop_column("covers_for_id")

    with op.batch_alter_table("claim_evidence", schema=None) as batch_op:
        batch_op.drop_column("rejected")

    with op.batch_alter_table("claim", schema=None) as batch_op:
        batch_op.drop_constraint(batch_op.f("fk_claim_asked_of_id"), type_="foreignkey")
        batch_op.drop_constraint(batch_op.f("fk_claim_countersigned_by_id"), type_="foreignkey")
        batch_op.drop_index(batch_op.f("ix_claim_countersigned_by_id"))
        batch_op.drop_column("offered_at")
        batch_op.drop_column("lapse_cause")
        batch_op.drop_column("asked_of_id")
        batch_op.drop_column("countersigned_by_id")
        batch_op.drop_column("countersigned_at")

    with op.batch_alter_table("feedback_link", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_link_colleague_id"))

    op.drop_table("feedback_link")
    with op.batch_alter_table("visit_sample", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_sample_enrolment_id"))
        batch_op.drop_index(batch_op.f("ix_visit_sample_claim_id"))

    op.drop_table("visit_sample")
    with op.batch_alter_table("feedback_comment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_comment_round_id"))

    op.drop_table("feedback_comment")
    op.drop_table("feedback_colleague")
    with op.batch_alter_table("feedback_answer", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_feedback_answer_round_id"))

    op.drop_table("feedback_answer")
    op.drop_table("bench_code")
    with op.batch_alter_table("assessment_link", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_assessment_link_open",
            sqlite_where=sa.text("ended_at IS NULL"),
            postgresql_where=sa.text("ended_at IS NULL"),
        )
        batch_op.drop_index(batch_op.f("ix_assessment_link_assessment_id"))

    op.drop_table("assessment_link")
    with op.batch_alter_table("signature_item", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signature_item_event_seq"))

    op.drop_table("signature_item")
    with op.batch_alter_table("feedback_round", schema=None) as batch_op:
        batch_op.drop_index(
            "uq_feedback_round_one_open",
            sqlite_where=sa.text("status = 'open'"),
            postgresql_where=sa.text("status = 'open'"),
        )
        batch_op.drop_index(batch_op.f("ix_feedback_round_trainee_id"))
        batch_op.drop_index("ix_feedback_round_open")
        batch_op.drop_index(batch_op.f("ix_feedback_round_enrolment_id"))

    op.drop_table("feedback_round")
    with op.batch_alter_table("entry_equipment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_entry_equipment_revision_id"))

    op.drop_table("entry_equipment")
    with op.batch_alter_table("assessment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_assessment_trainee_id"))
        batch_op.drop_index("ix_assessment_open")
        batch_op.drop_index("ix_assessment_enrolment_asked")
        batch_op.drop_index(batch_op.f("ix_assessment_competency_id"))
        batch_op.drop_index(batch_op.f("ix_assessment_assessor_id"))

    op.drop_table("assessment")
    with op.batch_alter_table("signature", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_signature_signed_by_id"))
        batch_op.drop_index("ix_signature_enrolment")

    op.drop_table("signature")
    with op.batch_alter_table("final_assessment", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_final_assessment_trainee_id"))
        batch_op.drop_index("ix_final_assessment_examiner")

    op.drop_table("final_assessment")
    with op.batch_alter_table("equipment_revision", schema=None) as batch_op:
        batch_op.drop_index("ix_equipment_revision_to_ask")
        batch_op.drop_index(batch_op.f("ix_equipment_revision_equipment_id"))

    op.drop_table("equipment_revision")
    with op.batch_alter_table("wrong_code", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_wrong_code_person_id"))

    op.drop_table("wrong_code")
    with op.batch_alter_table("visit", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_visit_moderator_id"))
        batch_op.drop_index(batch_op.f("ix_visit_curriculum_id"))
        batch_op.drop_index(batch_op.f("ix_visit_centre_id"))

    op.drop_table("visit")
    with op.batch_alter_table("passkey", schema=None) as batch_op:
        batch_op.drop_index(batch_op.f("ix_passkey_person_id"))

    op.drop_table("passkey")
    op.drop_table("mail_choice")
    op.drop_table("event_assertion")
    op.drop_table("equipment")
    op.drop_table("authenticator_app")
    op.drop_table("tree_block")
    op.drop_table("notary_key")
    op.drop_table("checkpoint")
