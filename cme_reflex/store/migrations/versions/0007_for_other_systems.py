"""add the feed of submitted versions and API tokens.

Revision 0007, after 0006.
"""

import secrets

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "api_token",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(), nullable=False),
        sa.Column("selector", sa.String(), nullable=False),
        sa.Column("secret_hash", sa.String(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("created_by", sa.String(), nullable=False),
        sa.Column("last_used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("revoked_by", sa.String(), nullable=True),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_api_token")),
        sa.UniqueConstraint("name", name=op.f("uq_api_token_name")),
        sa.UniqueConstraint("selector", name=op.f("uq_api_token_selector")),
    )
    op.create_table(
        "feed",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("epoch", sa.String(), nullable=False),
        sa.Column("last", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_feed_one_row")),
        sa.CheckConstraint("last > 0", name=op.f("ck_feed_last")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed")),
    )
    with op.batch_alter_table("receipt") as receipt:
        receipt.add_column(sa.Column("position", sa.Integer(), nullable=True))
    _number_receipts()
    with op.batch_alter_table("receipt") as receipt:
        receipt.alter_column("position", nullable=False)
        receipt.create_unique_constraint(op.f("uq_receipt_position"), ["position"])
        receipt.create_check_constraint(op.f("ck_receipt_position"), "position > 0")


def _number_receipts() -> None:
    """Number existing receipts by time of submission; no client has read the feed yet."""
    receipt = sa.table("receipt", sa.column("id"), sa.column("submitted_at"), sa.column("position"))
    connection = op.get_bind()
    in_order = sa.select(receipt.c.id).order_by(receipt.c.submitted_at, receipt.c.id)
    ids = connection.execute(in_order).scalars().all()
    for position, receipt_id in enumerate(ids, start=1):
        numbered = sa.update(receipt).where(receipt.c.id == receipt_id)
        connection.execute(numbered.values(position=position))
    if ids:
        feed = sa.table("feed", sa.column("id"), sa.column("epoch"), sa.column("last"))
        first = sa.insert(feed).values(id=1, epoch=secrets.token_hex(4), last=len(ids))
        connection.execute(first)


def downgrade() -> None:
    with op.batch_alter_table("receipt") as receipt:
        receipt.drop_constraint(op.f("ck_receipt_position"), type_="check")
        receipt.drop_constraint(op.f("uq_receipt_position"), type_="unique")
        receipt.drop_column("position")
    op.drop_table("feed")
    op.drop_table("api_token")
