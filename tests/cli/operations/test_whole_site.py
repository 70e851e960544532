"""A restored backup is the whole site: with the settings alone, and no meeting folder."""

import asyncio
import io
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path

import httpx
import pytest
from PIL import Image
from starlette.applications import Starlette

from cme_reflex.domain.meetings.meeting import Logo, Signature
from cme_reflex.routes import meeting_file
from cme_reflex.services.certificates import certificate
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.registrations import SignedIn
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.settings import settings
from cme_reflex.store import migrate
from cme_reflex.store.engines import close_database, open_database
from cme_reflex.web.routes import meeting_files
from tests.support.attendees import submit_complete_claim
from tests.support.cli import cme_output, invoke_cme
from tests.support.meetings import FOLDER, MEETING, PASSWORD

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)
INK = (
    b'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30">'
    b'<path d="M5 25L40 5L80 25" stroke="#16204a"/></svg>'
)


def _png() -> bytes:
    file = io.BytesIO()
    Image.new("RGB", (28, 28), (0, 80, 90)).save(file, "PNG")
    return file.getvalue()


LOGO = _png()
FILES = {sha256(content).hexdigest(): content for content in (INK, LOGO)}
SIGNATURE, SYMBOL = FILES
WITH_IMAGES = replace(
    FOLDER,
    meeting=replace(
        MEETING,
        signatures=(Signature(image=SIGNATURE, name="Kim Chair, MD", title="Chair"),),
        logo=Logo(image=SYMBOL, suffix=".png", ratio=1.0),
    ),
    images=FILES,
)


@dataclass(frozen=True)
class Site:
    """What is served: who signs in by badge and by password, the logo, and the certificate."""

    by_badge: str
    by_password: str
    logo: bytes
    certificate: certificate.Certificate


async def badge_holder() -> RequestContext:
    token = await credentials.sign_in_with_badge("test24", "O'Brien-Núñez", "101", now=NOW)
    return await authentication.authenticate("test24", token, now=NOW)


async def claim() -> str:
    """Load the meeting and submit a claim; its receipt number."""
    programme_cache.clear()
    open_database(settings().database_url)
    await load_meeting(WITH_IMAGES, now=NOW)
    receipt = await submit_complete_claim(await badge_holder(), NOW)
    await close_database()
    return receipt.number


async def site(number: str) -> Site:
    programme_cache.clear()  # as in another process
    open_database(settings().database_url)
    context = await badge_holder()
    result = await credentials.sign_in_with_password("test24", "kim", PASSWORD, now=NOW)
    assert isinstance(result, SignedIn)
    member = await authentication.authenticate("test24", result.token, now=NOW)
    transport = httpx.ASGITransport(Starlette(routes=meeting_files.ROUTES))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
        logo = await client.get(meeting_file("test24", "logo.png"))
    printed = await certificate.load_certificate(context, number)
    await close_database()
    return Site(context.attendee.name, member.attendee.name, logo.content, printed)


def test_a_restore_on_an_empty_machine_brings_everything_back(
    database_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CME_DATABASE_URL", database_url)
    settings.cache_clear()
    number = asyncio.run(claim())
    before = asyncio.run(site(number))
    assert before.logo == LOGO
    assert [each.svg.encode() for each in before.certificate.signatures] == [INK]
    assert invoke_cme("backup", tmp_path / "site.gz").exit_code == 0

    empty = tmp_path / "empty"
    empty.mkdir()
    monkeypatch.chdir(empty)
    monkeypatch.setenv("CME_DATABASE_URL", f"sqlite:///{empty / 'cme.db'}")
    monkeypatch.setenv("CME_MEETINGS", str(empty / "meetings"))
    settings.cache_clear()
    asyncio.run(migrate.upgrade(settings().database_url))
    assert invoke_cme("restore", tmp_path / "site.gz").exit_code == 0
    assert asyncio.run(site(number)) == before

    for command in (
        ("meeting", "list"),
        ("meeting", "export", empty / "test24"),
        ("claims", "show", number),
        ("claims", "name-changes"),
        ("mail", "status"),
        ("certificates", "preview", "--out", empty / "specimens"),
    ):
        code, _, errors = cme_output(*command)
        assert (command, code, errors) == (command, 0, [])
    assert (empty / "test24" / "logo.png").read_bytes() == LOGO
    assert (empty / "test24" / "signature-1.svg").read_bytes() == INK
