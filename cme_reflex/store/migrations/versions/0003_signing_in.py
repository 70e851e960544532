"""add rate-limit counters, idle timeout of sign-ins, registration choice and OpenID Connect.

Revision 0003, after 0002.
"""

from hashlib import sha256

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "tally",
        sa.Column("scope", sa.String(), nullable=False),
        sa.Column("key_hash", sa.String(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("until", sa.DateTime(timezone=True), nullable=False),
        sa.Column("forgotten_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("count >= 0", name=op.f("ck_tally_count")),
        sa.PrimaryKeyConstraint("scope", "key_hash", name=op.f("pk_tally")),
    )
    op.create_index(op.f("ix_tally_forgotten_at"), "tally", ["forgotten_at"])
    op.create_table(
        "choice",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("attendee_ids", sa.JSON(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_choice")),
    )
    op.create_index(op.f("ix_choice_expires_at"), "choice", ["expires_at"])
    op.create_table(
        "departure",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("nonce", sa.String(), nullable=False),
        sa.Column("verifier", sa.String(), nullable=False),
        sa.Column("redirect_uri", sa.String(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_departure")),
    )
    op.create_index(op.f("ix_departure_expires_at"), "departure", ["expires_at"])
    _add_last_seen()
    _add_loaded_hash()


def _add_last_seen() -> None:
    """Add the time of last use; existing sign-ins stay valid."""
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.add_column(sa.Column("seen_at", sa.DateTime(timezone=True), nullable=True))
    op.execute("UPDATE sign_in SET seen_at = CURRENT_TIMESTAMP")
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.alter_column("seen_at", nullable=False)


def _add_loaded_hash() -> None:
    with op.batch_alter_table("member") as member:
        member.add_column(sa.Column("loaded_hash", sa.String(), nullable=True))
    member_table = sa.table(
        "member", sa.column("id"), sa.column("password_hash"), sa.column("loaded_hash")
    )
    connection = op.get_bind()
    loaded = sa.select(member_table.c.id, member_table.c.password_hash)
    for member_id, password_hash in connection.execute(loaded).all():
        digest = sha256(password_hash.encode()).hexdigest()
        of_member = sa.update(member_table).where(member_table.c.id == member_id)
        connection.execute(of_member.values(loaded_hash=digest))
    with op.batch_alter_table("member") as member:
        member.alter_column("loaded_hash", nullable=False)


def downgrade() -> None:
    with op.batch_alter_table("member") as member:
        member.drop_column("loaded_hash")
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.drop_column("seen_at")
    op.drop_table("departure")
    op.drop_table("choice")
    op.drop_table("tally")
