"""let staff withdraw claims.

Revision 0009, after 0008. A downgrade makes withdrawn claims submitted ones, because there was no
other status for them. The audit log still says that they are withdrawn, and the next upgrade
restores that from it.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

STATUSES = "status IN ('draft', 'submitted', 'reopened'"
KINDS = "kind IN ('confirmation', 'reminder', 'sign-in link', 'invitation'"


def upgrade() -> None:
    with op.batch_alter_table("receipt") as receipt:
        receipt.add_column(sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True))
    _replace_check("claim", "ck_claim_status", f"{STATUSES}, 'withdrawn')")
    _replace_check("mail_queue", "ck_mail_queue_kind", f"{KINDS}, 'withdrawal')")
    op.execute(
        "UPDATE receipt SET withdrawn_at = (SELECT min(entry.at) FROM claim_audit AS entry"
        " WHERE entry.claim_id = receipt.claim_id AND entry.to_status = 'withdrawn'"
        " AND entry.at >= receipt.submitted_at)"
    )
    op.execute(
        "UPDATE claim SET status = 'withdrawn' WHERE 'withdrawn' ="
        " (SELECT entry.to_status FROM claim_audit AS entry WHERE entry.claim_id = claim.id"
        " ORDER BY entry.id DESC LIMIT 1)"
    )


def downgrade() -> None:
    # Cascades are off during a migration of SQLite.
    withdrawals = "FROM mail_queue WHERE kind = 'withdrawal'"
    op.execute(f"DELETE FROM link WHERE mail_id IN (SELECT id {withdrawals})")  # noqa: S608
    op.execute(f"DELETE {withdrawals}")
    # A claim that was withdrawn while it was reopened may have no totals.
    op.execute(
        "UPDATE claim SET status = 'submitted', (category1, safety) ="
        " (SELECT last.category1, last.safety FROM receipt AS last"
        " WHERE last.claim_id = claim.id ORDER BY last.version DESC LIMIT 1)"
        " WHERE status = 'withdrawn'"
    )
    _replace_check("mail_queue", "ck_mail_queue_kind", f"{KINDS})")
    _replace_check("claim", "ck_claim_status", f"{STATUSES})")
    with op.batch_alter_table("receipt") as receipt:
        receipt.drop_column("withdrawn_at")


def _replace_check(table: str, name: str, condition: str) -> None:
    with op.batch_alter_table(table) as altered:
        altered.drop_constraint(op.f(name), type_="check")
        altered.create_check_constraint(op.f(name), condition)
