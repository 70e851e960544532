"""`cme claims name-changes` and `profession-changes`: what attendees changed of themselves."""

import asyncio
import csv
import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from cme_reflex.services.claims import submission
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in.authentication import authenticate
from cme_reflex.services.sign_in.credentials import sign_in_with_badge
from cme_reflex.settings import settings
from cme_reflex.store.engines import close_database, open_database
from tests.support.attendees import submit_complete_claim
from tests.support.cli import cme_output, invoke_cme
from tests.support.meetings import FOLDER, MEETING

pytestmark = pytest.mark.usefixtures("chosen_database")

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)
KIM = ("O'Brien-Núñez", "101")


@pytest.fixture(autouse=True)
def current_meeting(chosen_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CME_MEETING", MEETING.code)
    settings.cache_clear()


def enter_name(database_url: str, name: str, *, submit: bool = False) -> str:
    """Enter the name for Kim's certificate; the receipt number of the submitted claim."""

    async def entered() -> str:
        open_database(database_url)
        programme_cache.clear()
        await load_meeting(FOLDER, now=NOW)
        token = await sign_in_with_badge(MEETING.code, *KIM, now=NOW)
        await submission.save_certificate_name(
            await authenticate(MEETING.code, token, now=NOW), name, now=NOW
        )
        receipt = ""
        if submit:
            context = await authenticate(MEETING.code, token, now=NOW)
            receipt = (await submit_complete_claim(context, NOW)).number
        await close_database()
        return receipt

    return asyncio.run(entered())


def test_another_name_is_listed_with_its_receipt(unmigrated_url: str) -> None:
    receipt = enter_name(unmigrated_url, "Patrick Eze", submit=True)
    assert cme_output("claims", "name-changes") == (
        0,
        [f"badge 101: Kim O'Brien-Núñez Jr → Patrick Eze (submitted, {receipt})"],
        [],
    )


def test_a_draft_with_another_name_is_listed_too(unmigrated_url: str, tmp_path: Path) -> None:
    enter_name(unmigrated_url, "Patrick Eze")
    out = tmp_path / "names.csv"
    result = invoke_cme("claims", "name-changes", "--json", "--out", out)
    expected = {
        "badge": "101",
        "registered_name": "Kim O'Brien-Núñez Jr",
        "name_on_certificate": "Patrick Eze",
        "status": "draft",
        "receipt": "",
    }
    assert json.loads(result.stdout) == [expected]
    with out.open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.DictReader(file)) == [expected]


@pytest.mark.parametrize("name", ["OBRIEN NUNEZ, Kim A., MD", "=1+1", ""])
def test_another_spelling_and_what_is_no_name_are_not_listed(
    unmigrated_url: str, name: str
) -> None:
    enter_name(unmigrated_url, name)
    assert cme_output("claims", "name-changes") == (
        0,
        ["Every certificate has the registered name."],
        [],
    )


def test_corrected_professions_are_listed_and_written(unmigrated_url: str, tmp_path: Path) -> None:
    async def corrected() -> None:
        open_database(unmigrated_url)
        programme_cache.clear()
        await load_meeting(FOLDER, now=NOW)
        token = await sign_in_with_badge(MEETING.code, *KIM, now=NOW)
        context = await authenticate(MEETING.code, token, now=NOW)
        await submission.correct_profession(context, "other", now=NOW)
        await close_database()

    asyncio.run(corrected())
    out = tmp_path / "professions.csv"
    assert cme_output("claims", "profession-changes", "--out", out) == (
        0,
        ["badge 101: Physician (MD or DO) → Other (draft)"],
        [],
    )
    assert out.read_text("utf-8-sig").splitlines() == [
        "badge,registered,corrected,status",
        "101,Physician (MD or DO),Other,draft",
    ]


def test_registered_professions_are_not_listed(unmigrated_url: str) -> None:
    enter_name(unmigrated_url, "Kim Smith")
    assert cme_output("claims", "profession-changes") == (
        0,
        ["Every claim has the registered profession."],
        [],
    )
