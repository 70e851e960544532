"""add batches and rows reported to PARS.

Revision 0005, after 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "reporting_batch",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("delivered_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("number > 0", name=op.f("ck_reporting_batch_number")),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_reporting_batch_meeting_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reporting_batch")),
        sa.UniqueConstraint(
            "meeting_id", "number", name=op.f("uq_reporting_batch_meeting_id_number")
        ),
    )
    op.create_table(
        "reported_row",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("batch_id", sa.Integer(), nullable=False),
        sa.Column("attendee_id", sa.Integer(), nullable=False),
        sa.Column("action", sa.String(), nullable=False),
        sa.Column("record", sa.JSON(), nullable=False),
        sa.Column("rejected_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("rejection", sa.String(), nullable=False),
        sa.Column("rejected_in", sa.String(), nullable=False),
        sa.CheckConstraint("action IN ('Add', 'Delete')", name=op.f("ck_reported_row_action")),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["attendee.id"], name=op.f("fk_reported_row_attendee_id")
        ),
        sa.ForeignKeyConstraint(
            ["batch_id"], ["reporting_batch.id"], name=op.f("fk_reported_row_batch_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reported_row")),
    )
    op.create_index(op.f("ix_reported_row_batch_id"), "reported_row", ["batch_id"])
    op.create_index(op.f("ix_reported_row_attendee_id"), "reported_row", ["attendee_id"])


def downgrade() -> None:
    op.drop_table("reported_row")
    op.drop_table("reporting_batch")
