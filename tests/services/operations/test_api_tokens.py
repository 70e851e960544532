"""API tokens: stored as a hash, valid until revoked, and limited against guessing."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine
from sqlmodel import select

from cme_reflex.domain.operations.api_scopes import ApiScope
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.services.operations import api_tokens
from cme_reflex.services.operations.api_tokens import (
    DEFAULT_LIFETIME,
    LAST_USED_PRECISION,
    MAX_LIFETIME,
    REQUEST_LIMIT,
    ApiClient,
    ApiToken,
    InvalidExpiry,
    InvalidToken,
    InvalidTokenName,
    TokenExpired,
    TokenNameTaken,
    TokenNotFound,
    TokenRevoked,
)
from cme_reflex.services.operations.backup import create_backup, restore_backup
from cme_reflex.store.operations.tables import ApiTokenRow
from tests.support.database.statements import counted_writes
from tests.support.database.table_rows import fetch_one

pytestmark = pytest.mark.usefixtures("database")


async def test_a_token_opens_and_nothing_of_its_secret_is_kept(now: datetime) -> None:
    made = await api_tokens.create(" membership  2025 ", actor="staff kim", now=now)
    assert made.name == "membership 2025"
    client = await api_tokens.authenticate(made.token, now=now)
    assert client == ApiClient("membership 2025", frozenset({ApiScope.CLAIMS}))
    row = await fetch_one(select(ApiTokenRow))
    _, selector, secret = made.token.split("_", 2)
    assert selector == row.selector
    assert len(secret) == 43
    assert secret not in repr(row)


async def test_the_list_says_who_made_it_and_when_it_was_used(now: datetime) -> None:
    made = await api_tokens.create("a", actor="staff kim", now=now)
    await api_tokens.create("b", actor="staff lee", now=now)
    for minutes in (1, 1.5, 10):
        await api_tokens.authenticate(made.token, now=now + timedelta(minutes=minutes))
    await api_tokens.revoke("b", actor="staff kim", now=now)
    await api_tokens.revoke("b", actor="staff lee", now=now + timedelta(days=1))
    assert await api_tokens.list_all() == (
        ApiToken(
            name="a",
            scopes=(ApiScope.CLAIMS,),
            created_at=now,
            created_by="staff kim",
            expires_at=now + DEFAULT_LIFETIME,
            last_used_at=now + timedelta(minutes=10),
            revoked_at=None,
            revoked_by=None,
        ),
        ApiToken(
            name="b",
            scopes=(ApiScope.CLAIMS,),
            created_at=now,
            created_by="staff lee",
            expires_at=now + DEFAULT_LIFETIME,
            last_used_at=None,
            revoked_at=now,
            revoked_by="staff kim",
        ),
    )
    assert timedelta(seconds=30) < LAST_USED_PRECISION


async def test_a_revoked_token_opens_nothing(now: datetime) -> None:
    made = await api_tokens.create("a", actor="k", now=now)
    await api_tokens.revoke("a", actor="k", now=now)
    with pytest.raises(TokenRevoked):
        await api_tokens.authenticate(made.token, now=now)


async def test_a_token_expires(now: datetime) -> None:
    end = now + timedelta(days=30)
    made = await api_tokens.create("a", actor="k", now=now, expires_at=end)
    await api_tokens.authenticate(made.token, now=end - timedelta(seconds=1))
    with pytest.raises(TokenExpired):
        await api_tokens.authenticate(made.token, now=end)
    for expires_at in (now, now - timedelta(days=1), now + MAX_LIFETIME + timedelta(seconds=1)):
        with pytest.raises(InvalidExpiry):
            await api_tokens.create("b", actor="k", now=now, expires_at=expires_at)


async def test_scopes_are_kept_once_and_in_order(now: datetime) -> None:
    asked = [ApiScope.REPORTING, ApiScope.CLAIMS, ApiScope.CLAIMS]
    made = await api_tokens.create("a", actor="k", now=now, scopes=asked)
    assert made.scopes == (ApiScope.CLAIMS, ApiScope.REPORTING)
    client = await api_tokens.authenticate(made.token, now=now)
    assert client.scopes == {ApiScope.CLAIMS, ApiScope.REPORTING}


async def test_a_name_is_given_once_even_after_it_was_revoked(now: datetime) -> None:
    await api_tokens.create("a", actor="k", now=now)
    await api_tokens.revoke("a", actor="k", now=now)
    with pytest.raises(TokenNameTaken):
        await api_tokens.create("a", actor="k", now=now)
    for name in ("", "  ", "x" * 61, "a\0b", "a\u200bb"):
        with pytest.raises(InvalidTokenName):
            await api_tokens.create(name, actor="k", now=now)
    with pytest.raises(TokenNotFound):
        await api_tokens.revoke("b", actor="k", now=now)


async def test_what_is_nearly_a_token_is_none(now: datetime) -> None:
    made = await api_tokens.create("a", actor="k", now=now)
    other = await api_tokens.create("b", actor="k", now=now)
    prefix, selector, secret = made.token.split("_", 2)
    wrong = [
        "", "cme", "cme__", made.token[:-1], f"{made.token}x", f"x{made.token}", secret,
        f"{prefix}_{other.token.split('_')[1]}_{secret}", f"{prefix}_{selector}_",
        f"{prefix}_{selector.upper()}x_{secret}", f"{prefix}_\0\0\0\0\0\0\0\0\0\0\0\0_{secret}",
        f"{prefix}_{'٣' * 12}_{secret}", "\ud800" * 80, "x" * 100_000,
    ]  # fmt: skip
    for token in wrong:
        with pytest.raises(InvalidToken):
            await api_tokens.authenticate(token, now=now)


async def test_unknown_tokens_write_nothing_and_do_not_concern_a_right_one(now: datetime) -> None:
    made = await api_tokens.create("a", actor="k", now=now)
    with counted_writes() as writes:
        for token in ["x", "cme_000000000000_x"] * 50:
            with pytest.raises(InvalidToken):
                await api_tokens.authenticate(token, now=now)
    assert writes == []
    assert (await api_tokens.authenticate(made.token, now=now)).name == "a"


async def test_one_token_asks_so_often_a_minute(now: datetime, database: Engine) -> None:
    made = await api_tokens.create("a", actor="k", now=now)
    other = await api_tokens.create("b", actor="k", now=now)
    for _ in range(REQUEST_LIMIT.limit):
        await api_tokens.authenticate(made.token, now=now)
    with pytest.raises(TooManyAttempts) as refused:
        await api_tokens.authenticate(made.token, now=now)
    assert refused.value.until == now + REQUEST_LIMIT.window
    assert (await api_tokens.authenticate(other.token, now=now)).name == "b"
    later = now + REQUEST_LIMIT.window
    assert (await api_tokens.authenticate(made.token, now=later)).name == "a"


async def test_a_restore_brings_no_revoked_token_back_and_takes_none_away(
    now: datetime, tmp_path: Path
) -> None:
    leaked = await api_tokens.create("leaked", actor="k", now=now)
    await create_backup(tmp_path / "b.gz", now=now, done=lambda rows: None)
    await api_tokens.revoke("leaked", actor="k", now=now)
    newer = await api_tokens.create("newer", actor="k", now=now)
    await restore_backup(
        tmp_path / "b.gz", replace=False, actor="k", now=now, done=lambda rows: None
    )
    with pytest.raises(TokenRevoked):
        await api_tokens.authenticate(leaked.token, now=now)
    assert (await api_tokens.authenticate(newer.token, now=now)).name == "newer"
