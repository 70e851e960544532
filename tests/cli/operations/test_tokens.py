"""`cme tokens`: API tokens are created, listed and revoked."""

import asyncio
import json
import re
from datetime import UTC, datetime, timedelta

import pytest

from cme_reflex.services.operations import api_tokens
from cme_reflex.settings import settings
from cme_reflex.store.engines import close_database, open_database
from tests.support.cli import cme_output

pytestmark = pytest.mark.usefixtures("migrated_database")

TOKEN = r"cme_[0-9a-f]{12}_[\w-]{43}"
WHEN = r"\d{4}-\d\d-\d\d \d\d:\d\d UTC"


def test_a_token_is_printed_once_and_opens() -> None:
    code, (token, reads, warning), said = cme_output("tokens", "new", "membership-2025")
    assert (code, said) == (0, [])
    assert re.fullmatch(TOKEN, token)
    assert re.fullmatch(rf"It reads claims, until {WHEN}\.", reads)
    assert warning == "Keep it now: it is stored as a hash and cannot be shown again."

    async def asked() -> api_tokens.ApiClient:
        open_database(settings().database_url)
        try:
            return await api_tokens.authenticate(token, now=datetime.now(UTC))
        finally:
            await close_database()

    assert asyncio.run(asked()).name == "membership-2025"
    _, (line,), _ = cme_output("tokens", "list")
    assert re.fullmatch(
        rf"membership-2025: created {WHEN} by staff \w+, reads claims, "
        rf"last used {WHEN}, expires {WHEN}",
        line,
    )


def test_a_revoked_token_stays_on_the_list() -> None:
    cme_output("tokens", "new", "a")
    code, (line,), _ = cme_output("tokens", "revoke", "a")
    assert code == 0
    assert re.fullmatch(
        rf"a: created {WHEN} by staff \w+, reads claims, never used, "
        rf"revoked {WHEN} by staff \w+",
        line,
    )
    assert cme_output("tokens", "list") == (0, [line], [])
    assert cme_output("tokens", "revoke", "a") == (0, [line], [])


def test_scopes_and_the_last_day_are_chosen() -> None:
    last_day = f"{datetime.now(UTC) + timedelta(days=30):%Y-%m-%d}"
    arguments = ("tokens", "new", "a", "--scope", "claims", "--scope", "contact")
    code, (_, reads, _), _ = cme_output(*arguments, "--expires", last_day)
    assert (code, reads) == (0, f"It reads claims and contact, until {last_day} 23:59 UTC.")
    for expires, error in (
        ("soon", "--expires soon is not a date. Write it as 2026-12-31."),
        ("2001-01-01", "--expires must be a day within the next two years. No token was created."),
    ):
        assert cme_output("tokens", "new", "b", "--expires", expires) == (1, [], [error])


def test_a_token_that_expires_soon_is_listed_with_a_warning() -> None:
    """So is every token from before tokens expired: it has 90 days from the upgrade."""
    last_day = f"{datetime.now(UTC) + timedelta(days=89):%Y-%m-%d}"
    cme_output("tokens", "new", "old", "--expires", last_day)
    _, (line,), _ = cme_output("tokens", "list")
    assert line.endswith(
        f"never used, WARNING: it expires {last_day} 23:59 UTC; replace it by a new one"
    )


def test_a_program_reads_the_same_as_json() -> None:
    _, lines, _ = cme_output("tokens", "new", "a", "--json")
    made = json.loads("\n".join(lines))
    assert made["name"] == "a"
    assert re.fullmatch(TOKEN, made["token"])
    _, lines, _ = cme_output("tokens", "list", "--json")
    (listed,) = json.loads("\n".join(lines))
    assert (listed["name"], listed["last_used_at"], listed["revoked_at"]) == ("a", None, None)
    assert made["token"] not in "\n".join(lines)


def test_what_cannot_be_is_told_with_its_remedy() -> None:
    assert cme_output("tokens", "list") == (
        0,
        ["There are no tokens. Create one with: cme tokens new NAME"],
        [],
    )
    assert cme_output("tokens", "revoke", "a") == (
        1,
        [],
        ["There is no token a. List them: cme tokens list"],
    )
    assert cme_output("tokens", "new", " ") == (
        1,
        [],
        ["A name must have 1 to 60 printable characters. No token was created."],
    )
    cme_output("tokens", "new", "a")
    code, lines, (said,) = cme_output("tokens", "new", "a")
    assert (code, lines) == (1, [])
    assert said.startswith("A token named a exists or was revoked. Choose another name")
