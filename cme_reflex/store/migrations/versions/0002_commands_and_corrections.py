"""add executed commands, corrected professions, and lines lowered by a newer programme.

Revision 0002, after 0001.
"""

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "command",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("id", sa.String(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_command_claim_id")),
        sa.PrimaryKeyConstraint("claim_id", "id", name=op.f("pk_command")),
    )
    with op.batch_alter_table("attendee") as attendee:
        attendee.add_column(sa.Column("corrected_profession", sa.String(), nullable=True))
        attendee.create_check_constraint(
            op.f("ck_attendee_corrected_profession"),
            "corrected_profession IN ('physician', 'other')",
        )
    with op.batch_alter_table("claim_line") as line:
        line.add_column(
            sa.Column("lowered", sa.Boolean(), nullable=False, server_default=sa.false())
        )
    with op.batch_alter_table("claim_line") as line:
        line.alter_column("lowered", server_default=None)


def downgrade() -> None:
    with op.batch_alter_table("claim_line") as line:
        line.drop_column("lowered")
    with op.batch_alter_table("attendee") as attendee:
        attendee.drop_constraint(op.f("ck_attendee_corrected_profession"), type_="check")
        attendee.drop_column("corrected_profession")
    op.drop_table("command")
