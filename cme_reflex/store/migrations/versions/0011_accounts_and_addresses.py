"""tie members to an account system and its subjects, and keep former e-mail addresses.

Revision 0011, after 0010.
"""

from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

FORMER_KINDS = "'confirmation', 'reminder', 'sign-in link', 'invitation', 'withdrawal'"


def upgrade() -> None:
    for table in ("member", "attendee"):
        with op.batch_alter_table(table) as altered:
            altered.add_column(
                sa.Column("former_email", sa.String(), nullable=False, server_default="")
            )
        with op.batch_alter_table(table) as altered:
            altered.alter_column("former_email", server_default=None)
    with op.batch_alter_table("member") as member:
        member.add_column(sa.Column("email_changed_at", sa.DateTime(timezone=True), nullable=True))
        member.add_column(
            sa.Column("password_trusted_from", sa.DateTime(timezone=True), nullable=True)
        )
        member.add_column(sa.Column("accounts", sa.String(), nullable=False, server_default=""))
    for member_id, accounts in _accounts_of_members():
        op.execute(
            sa.text("UPDATE member SET accounts = :accounts WHERE id = :id").bindparams(
                accounts=accounts, id=member_id
            )
        )
    with op.batch_alter_table("member") as member:
        member.alter_column("accounts", server_default=None)
        member.drop_constraint(op.f("uq_member_username"), type_="unique")
        member.create_unique_constraint(
            op.f("uq_member_accounts_username"), ["accounts", "username"]
        )
    op.create_table(
        "member_subject",
        sa.Column("member_id", sa.Integer(), nullable=False),
        sa.Column("issuer", sa.String(), nullable=False),
        sa.Column("subject", sa.String(), nullable=False),
        sa.Column("linked_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(
            ["member_id"], ["member.id"], name=op.f("fk_member_subject_member_id")
        ),
        sa.PrimaryKeyConstraint("member_id", "issuer", name=op.f("pk_member_subject")),
    )
    op.create_index(
        op.f("ix_member_subject_issuer"), "member_subject", ["issuer", "subject"], unique=False
    )
    _replace_kinds(f"kind IN ({FORMER_KINDS}, 'address changed')")


def downgrade() -> None:
    # Usernames were unique, so all but the first member of a name get another one.
    op.execute(
        "UPDATE member SET username = username || ' ' || accounts"
        " WHERE id NOT IN (SELECT min(id) FROM member GROUP BY username)"
    )
    op.execute("DELETE FROM mail_queue WHERE kind = 'address changed'")
    _replace_kinds(f"kind IN ({FORMER_KINDS})")
    op.drop_index(op.f("ix_member_subject_issuer"), "member_subject")
    op.drop_table("member_subject")
    with op.batch_alter_table("member") as member:
        member.drop_constraint(op.f("uq_member_accounts_username"), type_="unique")
        member.create_unique_constraint(op.f("uq_member_username"), ["username"])
        for name in ("accounts", "password_trusted_from", "email_changed_at", "former_email"):
            member.drop_column(name)
    with op.batch_alter_table("attendee") as attendee:
        attendee.drop_column("former_email")


def _accounts_of_members() -> Iterator[tuple[int, str]]:
    """The account system of each member: that of the newest meeting that it is registered for.

    Members without a registration belong to the newest meeting of all.
    """
    connection = op.get_bind()
    meeting = sa.table("meeting", sa.column("id"), sa.column("document", sa.JSON()))
    rows = connection.execute(sa.select(meeting.c.id, meeting.c.document)).all()
    ends = {row.id: (str(row.document.get("ends_on", "")), row.id) for row in rows}
    documents = {row.id: row.document for row in rows}
    newest = max(ends, key=ends.__getitem__, default=None)
    registered: dict[int, set[int]] = {}
    for member_id, meeting_id in connection.execute(
        sa.text("SELECT member_id, meeting_id FROM attendee WHERE member_id IS NOT NULL")
    ):
        registered.setdefault(member_id, set()).add(meeting_id)
    for (member_id,) in connection.execute(sa.text("SELECT id FROM member")).all():
        latest = max(registered.get(member_id, ()), key=ends.__getitem__, default=newest)
        if latest is not None:
            yield member_id, _accounts(documents[latest])


def _accounts(document: dict[str, Any]) -> str:
    """`Meeting.accounts` of a meeting's document at this revision."""
    single_sign_on = document.get("single_sign_on") or {}
    provider = document.get("provider") or {}
    return str(single_sign_on.get("issuer") or provider.get("name") or "")


def _replace_kinds(condition: str) -> None:
    with op.batch_alter_table("mail_queue") as queue:
        queue.drop_constraint(op.f("ck_mail_queue_kind"), type_="check")
        queue.create_check_constraint(op.f("ck_mail_queue_kind"), condition)
