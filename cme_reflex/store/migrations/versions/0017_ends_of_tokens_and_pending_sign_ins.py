"""an expiry for every API token, the end of pending sign-ins, and an index of commands by time.

Revision 0017, after 0015.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

# Tokens from before tokens expired are valid for 90 days: enough to replace them.
TOKENS_EXPIRE = {
    "sqlite": "UPDATE api_token SET expires_at = datetime('now', '+90 days')",
    "postgresql": "UPDATE api_token SET expires_at = CURRENT_TIMESTAMP + INTERVAL '90 days'",
}


def upgrade() -> None:
    op.execute(f"{TOKENS_EXPIRE[op.get_bind().dialect.name]} WHERE expires_at IS NULL")
    with op.batch_alter_table("api_token") as token:
        token.alter_column("expires_at", existing_type=sa.DateTime(timezone=True), nullable=False)
    with op.batch_alter_table("attendee") as attendee:
        attendee.add_column(sa.Column("weak_ended_at", sa.DateTime(timezone=True), nullable=True))
    op.create_index(op.f("ix_command_claim_id"), "command", ["claim_id", "at"])


def downgrade() -> None:
    op.drop_index(op.f("ix_command_claim_id"), "command")
    with op.batch_alter_table("attendee") as attendee:
        attendee.drop_column("weak_ended_at")
    with op.batch_alter_table("api_token") as token:
        token.alter_column("expires_at", existing_type=sa.DateTime(timezone=True), nullable=True)
