from dataclasses import replace
from datetime import datetime

import pytest
from sqlalchemy import Engine

from cme_reflex.services.claims import claim, claim_lines, claim_snapshot
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import authentication, credentials, registrations
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.services.sign_in.tokens import token_hash
from tests.support.database.statements import record_statements
from tests.support.meetings import FOLDER, MEETING


@pytest.fixture
async def token(loaded: Engine, now: datetime) -> str:
    """A token of the attendee with badge 101, from a second browser."""
    return await credentials.sign_in_with_badge(MEETING.code, "O'Brien-Núñez", "101", now=now)


async def test_a_snapshot_is_the_visit_and_the_standing_of_its_moment(
    token: str, context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    empty = await claim_snapshot.load(MEETING.code, token_hash(token), now=now)
    signed_in = await authentication.authenticate(MEETING.code, token, now=now)
    assert empty == (signed_in, await claim.load_summary(context, now=now))
    await claim_lines.add_session(context, ids["A"], now=now)
    after = await claim_snapshot.load(MEETING.code, token_hash(token), now=now)
    assert after.summary == await claim.load_summary(context, now=now)
    assert empty.summary.claim.lines == ()


async def test_a_snapshot_asks_once_for_the_visit_and_once_for_each_part_of_the_claim(
    loaded: Engine, token: str, context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    with record_statements(loaded) as seen:
        await claim_snapshot.load(MEETING.code, token_hash(token), now=now)
    assert len(seen) == 3


async def test_a_snapshot_has_the_newest_programme(token: str, now: datetime) -> None:
    before = await claim_snapshot.load(MEETING.code, token_hash(token), now=now)
    renamed = replace(FOLDER.sessions[0], title="Another title")
    await load_meeting(replace(FOLDER, sessions=(renamed, *FOLDER.sessions[1:])), now=now)
    after = await claim_snapshot.load(MEETING.code, token_hash(token), now=now)
    assert after.context.programme.version == before.context.programme.version + 1


async def test_a_token_that_was_made_up_or_signed_out_has_no_snapshot(
    token: str, now: datetime
) -> None:
    with pytest.raises(authentication.NotSignedIn):
        await claim_snapshot.load(MEETING.code, token_hash(token + "x"), now=now)
    await registrations.sign_out(token)
    with pytest.raises(authentication.NotSignedIn):
        await claim_snapshot.load(MEETING.code, token_hash(token), now=now)


async def test_a_snapshot_notes_every_few_minutes_that_its_holder_was_seen(
    token: str, now: datetime
) -> None:
    await claim_snapshot.load(
        MEETING.code, token_hash(token), now=now + authentication.LAST_SEEN_PRECISION
    )
    later = now + authentication.LAST_SEEN_PRECISION + authentication.IDLE_TIMEOUT
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(MEETING.code, token, now=later)
    just_before = later - authentication.LAST_SEEN_PRECISION / 2
    assert (
        await authentication.authenticate(MEETING.code, token, now=just_before)
    ).attendee.badge == "101"
