"""create the first tables.

Revision 0001, the first.
"""

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "meeting",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.Column("loaded_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_meeting")),
        sa.UniqueConstraint("code", name=op.f("uq_meeting_code")),
    )
    op.create_table(
        "member",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("username", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("password_hash", sa.String(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_member")),
        sa.UniqueConstraint("username", name=op.f("uq_member_username")),
    )
    op.create_table(
        "attendee",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("member_id", sa.Integer(), nullable=True),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("suffix", sa.String(), nullable=False),
        sa.Column("name_key", sa.String(), nullable=False),
        sa.Column("badge", sa.String(), nullable=False),
        sa.Column("confirmation", sa.String(), nullable=False),
        sa.Column("email", sa.String(), nullable=False),
        sa.Column("profession", sa.String(), nullable=False),
        sa.Column("registration_type", sa.String(), nullable=False),
        sa.Column("name_on_certificate", sa.String(), nullable=True),
        sa.CheckConstraint(
            "profession IN ('physician', 'other')", name=op.f("ck_attendee_profession")
        ),
        sa.ForeignKeyConstraint(
            ["meeting_id"], ["meeting.id"], name=op.f("fk_attendee_meeting_id")
        ),
        sa.ForeignKeyConstraint(["member_id"], ["member.id"], name=op.f("fk_attendee_member_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_attendee")),
        sa.UniqueConstraint("meeting_id", "badge", name=op.f("uq_attendee_meeting_id_badge")),
        sa.UniqueConstraint(
            "meeting_id", "confirmation", name=op.f("uq_attendee_meeting_id_confirmation")
        ),
    )
    op.create_index(op.f("ix_attendee_member_id"), "attendee", ["member_id"], unique=False)

    op.create_table(
        "session",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("meeting_id", sa.Integer(), nullable=False),
        sa.Column("code", sa.String(), nullable=False),
        sa.Column("title", sa.String(), nullable=False),
        sa.Column("kind", sa.String(), nullable=False),
        sa.Column("track", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("speakers", sa.JSON(), nullable=False),
        sa.Column("delivery", sa.String(), nullable=False),
        sa.Column("quarters", sa.Integer(), nullable=False),
        sa.Column("safety", sa.Integer(), nullable=False),
        sa.Column("eligible", sa.Boolean(), nullable=False),
        sa.Column("withdrawn", sa.Boolean(), nullable=False),
        sa.Column("faculty_badges", sa.JSON(), nullable=False),
        sa.Column("on_demand_from", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "delivery IN ('live', 'on demand', 'both')", name=op.f("ck_session_delivery")
        ),
        sa.CheckConstraint(
            "NOT eligible OR quarters > 0", name=op.f("ck_session_eligible_has_credit")
        ),
        sa.CheckConstraint("quarters >= 0", name=op.f("ck_session_quarters")),
        sa.CheckConstraint("safety BETWEEN 0 AND quarters", name=op.f("ck_session_safety")),
        sa.CheckConstraint("starts_at <= ends_at", name=op.f("ck_session_ends_after_start")),
        sa.ForeignKeyConstraint(["meeting_id"], ["meeting.id"], name=op.f("fk_session_meeting_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_session")),
        sa.UniqueConstraint("meeting_id", "code", name=op.f("uq_session_meeting_id_code")),
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("attendee_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(), nullable=False),
        sa.Column("revision", sa.Integer(), nullable=False),
        sa.Column("category1", sa.Integer(), nullable=True),
        sa.Column("safety", sa.Integer(), nullable=True),
        sa.Column("reopened_until", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "status <> 'submitted' OR category1 IS NOT NULL",
            name=op.f("ck_claim_submitted_has_credit"),
        ),
        sa.CheckConstraint(
            "status IN ('draft', 'submitted', 'reopened')", name=op.f("ck_claim_status")
        ),
        sa.CheckConstraint("category1 > 0", name=op.f("ck_claim_category1")),
        sa.CheckConstraint(
            "category1 IS NULL OR safety IS NULL OR safety <= category1",
            name=op.f("ck_claim_safety_is_subset"),
        ),
        sa.CheckConstraint("safety >= 0", name=op.f("ck_claim_safety")),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["attendee.id"], name=op.f("fk_claim_attendee_id")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("attendee_id", name=op.f("uq_claim_attendee_id")),
    )
    op.create_table(
        "reporting",
        sa.Column("attendee_id", sa.Integer(), nullable=False),
        sa.Column("first_name", sa.String(), nullable=False),
        sa.Column("last_name", sa.String(), nullable=False),
        sa.Column("birth_month", sa.Integer(), nullable=False),
        sa.Column("birth_day", sa.Integer(), nullable=False),
        sa.Column("state", sa.String(), nullable=False),
        sa.Column("licence_id", sa.String(), nullable=False),
        sa.Column("npi", sa.String(), nullable=False),
        sa.Column("board", sa.String(), nullable=False),
        sa.Column("board_id", sa.String(), nullable=False),
        sa.Column("consent_version", sa.String(), nullable=False),
        sa.Column("consented_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("withdrawn_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("birth_day BETWEEN 1 AND 31", name=op.f("ck_reporting_birth_day")),
        sa.CheckConstraint("birth_month BETWEEN 1 AND 12", name=op.f("ck_reporting_birth_month")),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["attendee.id"], name=op.f("fk_reporting_attendee_id")
        ),
        sa.PrimaryKeyConstraint("attendee_id", name=op.f("pk_reporting")),
    )
    op.create_table(
        "sign_in",
        sa.Column("token_hash", sa.String(), nullable=False),
        sa.Column("attendee_id", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["attendee_id"], ["attendee.id"], name=op.f("fk_sign_in_attendee_id")
        ),
        sa.PrimaryKeyConstraint("token_hash", name=op.f("pk_sign_in")),
    )
    op.create_index(op.f("ix_sign_in_attendee_id"), "sign_in", ["attendee_id"], unique=False)
    op.create_index(op.f("ix_sign_in_expires_at"), "sign_in", ["expires_at"], unique=False)

    op.create_table(
        "answer",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=True),
        sa.Column("question", sa.String(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_answer_claim_id")),
        sa.ForeignKeyConstraint(["session_id"], ["session.id"], name=op.f("fk_answer_session_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_answer")),
    )
    op.create_index(
        "uq_answer_overall",
        "answer",
        ["claim_id", "question"],
        unique=True,
        sqlite_where=sa.text("session_id IS NULL"),
        postgresql_where=sa.text("session_id IS NULL"),
    )
    op.create_index(
        "uq_answer_session",
        "answer",
        ["claim_id", "session_id", "question"],
        unique=True,
        sqlite_where=sa.text("session_id IS NOT NULL"),
        postgresql_where=sa.text("session_id IS NOT NULL"),
    )

    op.create_table(
        "audit",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.String(), nullable=False),
        sa.Column("from_status", sa.String(), nullable=True),
        sa.Column("to_status", sa.String(), nullable=False),
        sa.Column("reason", sa.String(), nullable=False),
        sa.Column("receipt", sa.String(), nullable=True),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_audit_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_audit")),
    )
    op.create_index(op.f("ix_audit_claim_id"), "audit", ["claim_id"], unique=False)

    op.create_table(
        "claim_line",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("quarters", sa.Integer(), nullable=False),
        sa.Column("safety", sa.Integer(), nullable=False),
        sa.Column("on_demand", sa.Boolean(), nullable=False),
        sa.Column("removed", sa.Boolean(), nullable=False),
        sa.CheckConstraint("quarters > 0", name=op.f("ck_claim_line_quarters")),
        sa.CheckConstraint("safety BETWEEN 0 AND quarters", name=op.f("ck_claim_line_safety")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_line_claim_id")),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_claim_line_session_id")
        ),
        sa.PrimaryKeyConstraint("claim_id", "session_id", name=op.f("pk_claim_line")),
    )
    op.create_table(
        "receipt",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("number", sa.String(), nullable=False),
        sa.Column("submitted_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("category1", sa.Integer(), nullable=False),
        sa.Column("safety", sa.Integer(), nullable=False),
        sa.Column("document", sa.JSON(), nullable=False),
        sa.CheckConstraint("category1 > 0", name=op.f("ck_receipt_category1")),
        sa.CheckConstraint("safety BETWEEN 0 AND category1", name=op.f("ck_receipt_safety")),
        sa.CheckConstraint("version > 0", name=op.f("ck_receipt_version")),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_receipt_claim_id")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_receipt")),
        sa.UniqueConstraint("claim_id", "version", name=op.f("uq_receipt_claim_id_version")),
        sa.UniqueConstraint("number", name=op.f("uq_receipt_number")),
    )


def downgrade() -> None:
    op.drop_table("receipt")
    op.drop_table("claim_line")
    op.drop_table("audit")
    op.drop_table("answer")
    op.drop_table("sign_in")
    op.drop_table("reporting")
    op.drop_table("claim")
    op.drop_table("session")
    op.drop_table("attendee")
    op.drop_table("member")
    op.drop_table("meeting")
