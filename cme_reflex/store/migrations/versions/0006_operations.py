"""add the log of restores and purges.

Revision 0006, after 0005.
"""

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "operation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("details", sa.JSON(), nullable=False),
        sa.CheckConstraint("what IN ('restored', 'purged')", name=op.f("ck_operation_what")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_operation")),
    )


def downgrade() -> None:
    op.drop_table("operation")
