"""add the method of a sign-in, the audit log of registrations, and scopes of API tokens.

Revision 0010, after 0009.
"""

from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

METHODS = "method IN ('number', 'password', 'single sign-on', 'link')"
# What every token could read before tokens had scopes.
FORMER_SCOPES = '["claims", "confirmation-numbers"]'


def upgrade() -> None:
    # How existing sign-ins were made is unknown, so they count as the weakest method.
    _add("sign_in", "method", sa.String(), "number")
    _add("sign_in", "browser", sa.String(), "")
    _add("registration_choice", "method", sa.String(), "number")
    for table in ("sign_in", "registration_choice"):
        with op.batch_alter_table(table) as altered:
            altered.create_check_constraint(op.f(f"ck_{table}_method"), METHODS)
    with op.batch_alter_table("attendee") as attendee:
        for name in ("email_changed_at", "browsers_forgotten_at"):
            attendee.add_column(sa.Column(name, sa.DateTime(timezone=True), nullable=True))
    op.create_table(
        "registration_audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attendee_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("what", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.CheckConstraint(
            "what IN ('reporting data changed', 'sign-ins ended')",
            name=op.f("ck_registration_audit_what"),
        ),
        sa.ForeignKeyConstraint(
            ["attendee_id"],
            ["attendee.id"],
            name=op.f("fk_registration_audit_attendee_id"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_registration_audit")),
    )
    op.create_index(
        op.f("ix_registration_audit_attendee_id"), "registration_audit", ["attendee_id"]
    )
    _add("api_token", "scopes", sa.JSON(), FORMER_SCOPES)
    with op.batch_alter_table("api_token") as token:
        token.add_column(sa.Column("expires_at", sa.DateTime(timezone=True), nullable=True))


def downgrade() -> None:
    with op.batch_alter_table("api_token") as token:
        token.drop_column("expires_at")
        token.drop_column("scopes")
    op.drop_index(op.f("ix_registration_audit_attendee_id"), "registration_audit")
    op.drop_table("registration_audit")
    with op.batch_alter_table("attendee") as attendee:
        attendee.drop_column("browsers_forgotten_at")
        attendee.drop_column("email_changed_at")
    for table in ("registration_choice", "sign_in"):
        with op.batch_alter_table(table) as altered:
            altered.drop_constraint(op.f(f"ck_{table}_method"), type_="check")
            altered.drop_column("method")
    with op.batch_alter_table("sign_in") as sign_in:
        sign_in.drop_column("browser")


def _add(table: str, name: str, kind: sa.types.TypeEngine[Any], former: str) -> None:
    """Add a column with this value in existing rows, and no default for new ones."""
    with op.batch_alter_table(table) as altered:
        altered.add_column(sa.Column(name, kind, nullable=False, server_default=former))
    with op.batch_alter_table(table) as altered:
        altered.alter_column(name, server_default=None)
