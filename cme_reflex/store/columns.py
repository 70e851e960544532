"""Column types, naming convention and helpers shared by all tables."""

import sqlalchemy as sa
from sqlmodel import SQLModel

SQLModel.metadata.naming_convention = {
    "ix": "ix_%(column_0_N_label)s",
    "uq": "uq_%(table_name)s_%(column_0_N_name)s",
    "ck": "ck_%(table_name)s_%(constraint_name)s",
    "fk": "fk_%(table_name)s_%(column_0_N_name)s",
    "pk": "pk_%(table_name)s",
}


class UtcDateTime(sa.DateTime):
    """Aware datetime, stored in UTC; `sqlite` and `postgresql` convert it for their drivers."""

    def __init__(self, timezone: bool = True) -> None:
        super().__init__(timezone=timezone)


def credit_subset_constraints(table: str, owner: str) -> tuple[sa.Constraint, ...]:
    """Constraints of a `table` of amounts by `owner` and `credit_type`.

    The amount of a subset is at most that of the type that it is `part_of`, of which there has to
    be a row: `part_of_amount` is that row's amount. Rows of primary types are inserted first.
    """
    return (
        sa.UniqueConstraint(owner, "credit_type", "amount"),
        sa.ForeignKeyConstraint(
            [owner, "part_of", "part_of_amount"],
            [f"{table}.{name}" for name in (owner, "credit_type", "amount")],
        ),
        sa.CheckConstraint("amount >= 0", name="amount"),
        sa.CheckConstraint("amount <= part_of_amount", name="subset"),
        sa.CheckConstraint(
            "(part_of IS NULL) = (part_of_amount IS NULL) AND part_of <> credit_type",
            name="part_of",
        ),
    )
