"""Records of commands: each applies once, and of a claim's the last few thousand are kept."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import col, select

from cme_reflex.services.claims import claim, claim_lines
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims.tables import CommandRow
from tests.support.attendees import SignIn
from tests.support.database.table_rows import fetch

KEPT, EVERY = 12, 5


@pytest.fixture(autouse=True)
def few_are_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(claim, "KEPT_COMMANDS", KEPT)
    monkeypatch.setattr(claim, "FORGET_EVERY", EVERY)


async def kept() -> list[str]:
    return [each.id for each in await fetch(select(CommandRow).order_by(col(CommandRow.at)))]


async def send(context: RequestContext, command: int, session: int, now: datetime) -> None:
    """Add or remove the session, in turn, as the browser's command with this number."""
    change = claim_lines.remove_session if command % 2 else claim_lines.add_session
    at = now + timedelta(seconds=command)
    await change(replace(context, command=str(command)), session, now=at)


async def test_the_records_of_a_claim_do_not_grow_without_end(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    commands = 10 * KEPT
    for command in range(commands):
        await send(context, command, ids["A"], now)
        assert len(await kept()) <= KEPT + EVERY
    assert (await kept())[-KEPT:] == [str(each) for each in range(commands - KEPT, commands)]


async def test_a_command_that_is_kept_applies_once_also_after_others(
    context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    for command in range(KEPT):
        await send(context, command, ids["A"], now)
    before = await claim.load_summary(context, now=now)
    for command in range(KEPT):
        await send(context, command, ids["A"], now + timedelta(hours=1))
    assert await claim.load_summary(context, now=now) == before


async def test_the_records_of_another_claim_are_kept(
    context: RequestContext, sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    other = await sign_in_as("102", "Smith")
    await send(other, 1_000, ids["A"], now - timedelta(days=30))
    for command in range(3 * KEPT):
        await send(context, command, ids["A"], now)
    assert "1000" in await kept()
