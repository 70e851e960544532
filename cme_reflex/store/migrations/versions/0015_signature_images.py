"""images of the signatures on certificates.

Revision 0015, after 0014.
"""

import sqlalchemy as sa
import sqlmodel
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "signature_image",
        sa.Column("digest", sqlmodel.AutoString(), nullable=False),
        sa.Column("svg", sqlmodel.AutoString(), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_signature_image")),
    )


def downgrade() -> None:
    op.drop_table("signature_image")
