"""keep the totals that the removal of a session cleared, for Undo.

Revision 0012, after 0011.
"""

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table("claim_line") as line:
        line.add_column(sa.Column("cleared", sa.JSON(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("claim_line") as line:
        line.drop_column("cleared")
