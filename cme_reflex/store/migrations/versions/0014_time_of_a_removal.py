"""keep the time at which a session was removed from a claim, for Undo.

Revision 0014, after 0013. Of former removals it is not known: no Undo is offered for them.
"""

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

LONG_AGO = "1970-01-01 00:00:00"


def upgrade() -> None:
    op.add_column("claim_line", sa.Column("removed_at", sa.DateTime(timezone=True), nullable=True))
    op.execute(f"UPDATE claim_line SET removed_at = '{LONG_AGO}' WHERE removed")  # noqa: S608
    with op.batch_alter_table("claim_line") as line:
        line.drop_column("removed")


def downgrade() -> None:
    with op.batch_alter_table("claim_line") as line:
        line.add_column(sa.Column("removed", sa.Boolean(), server_default=sa.false()))
    op.execute("UPDATE claim_line SET removed = removed_at IS NOT NULL")
    with op.batch_alter_table("claim_line") as line:
        line.alter_column("removed", nullable=False, server_default=None)
        line.drop_column("removed_at")
