"""keep the totals that the removal of a session cleared, for Undo.

Revision 0011, after 0010.
"""

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

COLUMNS = ("cleared_category1", "cleared_safety")


def upgrade() -> None:
    with op.batch_alter_table("claim_line") as line:
        for name in COLUMNS:
            line.add_column(sa.Column(name, sa.Integer(), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("claim_line") as line:
        for name in COLUMNS:
            line.drop_column(name)
