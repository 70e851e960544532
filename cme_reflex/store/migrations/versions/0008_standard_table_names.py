"""rename tables by the standard terms, with their constraints, indexes and sequences.

Revision 0008, after 0007.
"""

import re

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = {
    "audit": "claim_audit",
    "choice": "registration_choice",
    "departure": "oidc_login",
    "outbox": "mail_queue",
    "reported_row": "reporting_row",
    "reporting": "opt_in",
    "tally": "rate_limit_counter",
}


def upgrade() -> None:
    for old, new in TABLES.items():
        _rename_table(old, new)
    _rename_column("link", "outbox_id", "mail_id")


def downgrade() -> None:
    _rename_column("link", "mail_id", "outbox_id")
    for old, new in TABLES.items():
        _rename_table(new, old)


def _rename_table(old: str, new: str) -> None:
    op.rename_table(old, new)
    _rename_constraints(new, old, new)
    if op.get_bind().dialect.name == "postgresql":
        op.execute(f"ALTER SEQUENCE IF EXISTS {old}_id_seq RENAME TO {new}_id_seq")


def _rename_column(table: str, old: str, new: str) -> None:
    op.execute(f"ALTER TABLE {table} RENAME COLUMN {old} TO {new}")
    _rename_constraints(table, f"{table}_{old}", f"{table}_{new}")


def _rename_constraints(table: str, old: str, new: str) -> None:
    """Rename the constraints and indexes of a table: `ck_{old}_…` to `ck_{new}_…`, and so on."""
    reflected = sa.Table(table, sa.MetaData(), autoload_with=op.get_bind())
    items: list[sa.Constraint | sa.Index] = [*reflected.constraints, *reflected.indexes]
    names = {item: re.sub(rf"(?<=^.._){old}(?=_|$)", new, str(item.name)) for item in items}
    if op.get_bind().dialect.name == "sqlite":
        # SQLite cannot rename a constraint, so the rows are copied to a table with the new names.
        for item, name in names.items():
            item.name = name
        with op.batch_alter_table(table, copy_from=reflected, recreate="always"):
            return
    for item, name in names.items():
        if name == item.name:
            continue
        if isinstance(item, sa.Index):
            op.execute(f"ALTER INDEX {item.name} RENAME TO {name}")
        else:
            op.execute(f"ALTER TABLE {table} RENAME CONSTRAINT {item.name} TO {name}")
