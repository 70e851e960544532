"""Model-based tests: a state machine on a database that starts without claims."""

import sqlalchemy as sa
from hypothesis import HealthCheck, settings
from hypothesis.stateful import RuleBasedStateMachine, run_state_machine_as_test
from sqlmodel import SQLModel

from tests.support.database.table_rows import execute
from tests.support.examples import examples

CLAIMS = (
    *("answer", "command", "claim_audit", "receipt_credit", "receipt"),
    *("claim_total", "claim_line_credit", "claim_line", "claim"),
)
"""The tables of claims, in an order in which their rows can be deleted."""


async def delete_rows(*tables: str) -> None:
    """Delete all rows of these tables, in this order."""
    await execute(*(sa.delete(SQLModel.metadata.tables[name]) for name in tables))


def run_machine(
    machine: type[RuleBasedStateMachine], url: str, *, share: float, steps: int
) -> None:
    """Run the machine, which opens the database at its attribute `url`, for a number of runs."""
    run_state_machine_as_test(
        type(f"{machine.__name__}At", (machine,), {"url": url}),
        settings=settings(
            max_examples=examples(share),
            stateful_step_count=steps,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
        ),
    )
