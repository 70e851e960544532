"""logos beside the signatures in one table of images, and who changed a meeting.

Revision 0016, after 0015.
"""

from contextlib import suppress

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

_META = sa.MetaData()
SIGNATURES = sa.Table(
    "signature_image",
    _META,
    sa.Column("digest", sa.String(), primary_key=True),
    sa.Column("svg", sa.String()),
)
IMAGES = sa.Table(
    "meeting_image",
    _META,
    sa.Column("digest", sa.String(), primary_key=True),
    sa.Column("content", sa.LargeBinary()),
)
MEETINGS = sa.Table(
    "meeting",
    _META,
    sa.Column("id", sa.Integer(), primary_key=True),
    sa.Column("document", sa.JSON()),
)
LOGOS = ("logo", "logo_dark")
FORMER_OPERATIONS = "'restored', 'purged'"
OPERATIONS = (
    f"{FORMER_OPERATIONS}, 'meeting loaded', 'meeting closed',"
    " 'meeting reopened', 'meeting archived'"
)


def upgrade() -> None:
    op.create_table(
        "meeting_image",
        sa.Column("digest", sqlmodel.AutoString(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_meeting_image")),
    )
    connection = op.get_bind()
    for digest, svg in connection.execute(sa.select(SIGNATURES)).all():
        connection.execute(sa.insert(IMAGES).values(digest=digest, content=svg.encode()))
    op.drop_table("signature_image")
    with op.batch_alter_table("meeting") as meeting:
        meeting.add_column(sa.Column("loaded_version", sa.Integer(), nullable=True))
        meeting.add_column(sa.Column("archived_at", sa.DateTime(timezone=True), nullable=True))
    # Until now only loads have changed a meeting.
    op.execute("UPDATE meeting SET loaded_version = version")
    with op.batch_alter_table("meeting") as meeting:
        meeting.alter_column("loaded_version", existing_type=sa.Integer(), nullable=False)
    _replace_operations(OPERATIONS)


def downgrade() -> None:
    op.execute("DELETE FROM operation WHERE what NOT IN ('restored', 'purged')")
    _replace_operations(FORMER_OPERATIONS)
    with op.batch_alter_table("meeting") as meeting:
        meeting.drop_column("archived_at")
        meeting.drop_column("loaded_version")
    op.create_table(
        "signature_image",
        sa.Column("digest", sqlmodel.AutoString(), nullable=False),
        sa.Column("svg", sqlmodel.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_signature_image")),
    )
    connection = op.get_bind()
    for digest, content in connection.execute(sa.select(IMAGES)).all():
        with suppress(UnicodeDecodeError):  # a logo that is a PNG; signatures are SVG
            svg = content.decode()
            connection.execute(sa.insert(SIGNATURES).values(digest=digest, svg=svg))
    op.drop_table("meeting_image")
    for meeting_id, document in connection.execute(sa.select(MEETINGS)).all():
        without = {key: value for key, value in document.items() if key not in LOGOS}
        if without != document:
            own = MEETINGS.c.id == meeting_id
            connection.execute(sa.update(MEETINGS).where(own).values(document=without))


def _replace_operations(names: str) -> None:
    with op.batch_alter_table("operation") as operation:
        operation.drop_constraint(op.f("ck_operation_what"), type_="check")
        operation.create_check_constraint(op.f("ck_operation_what"), f"what IN ({names})")
