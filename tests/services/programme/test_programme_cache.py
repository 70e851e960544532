from dataclasses import replace
from datetime import datetime

from sqlalchemy import Engine

from cme_reflex.services.claims import claim_lines
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.database.statements import record_statements
from tests.support.meetings import FOLDER, MEETING


async def test_one_query_tells_who_asks_and_whether_the_programme_is_the_newest(
    loaded: Engine, now: datetime
) -> None:
    token = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    first = await authentication.authenticate(MEETING.code, token, now=now)
    with record_statements(loaded) as seen:
        second = await authentication.authenticate(MEETING.code, token, now=now)
    assert len(seen) == 1
    assert second.programme is first.programme


async def test_a_newer_programme_is_read_once_by_the_next_event(
    loaded: Engine, now: datetime
) -> None:
    token = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    before = (await authentication.authenticate(MEETING.code, token, now=now)).programme
    renamed = replace(FOLDER.sessions[0], title="Another title")
    await load_meeting(replace(FOLDER, sessions=(renamed, *FOLDER.sessions[1:])), now=now)
    with record_statements(loaded) as seen:
        after = (await authentication.authenticate(MEETING.code, token, now=now)).programme
        await authentication.authenticate(MEETING.code, token, now=now)
    assert len(seen) == 1 + 2 + 1
    assert after.version == before.version + 1
    assert {session.title for session in after.eligible_sessions} - {
        session.title for session in before.eligible_sessions
    } == {"Another title"}


async def test_adding_costs_the_same_whatever_the_claim_holds(
    loaded: Engine, context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    counts = []
    for code in ("A", "B", "D"):
        with record_statements(loaded) as seen:
            await claim_lines.add_session(context, ids[code], now=now)
        counts.append(len(seen))
    # The newest programme, the claim, its lines; then the new line and the revision.
    # The first time, the claim is created and read again.
    assert counts == [7, 5, 5]


async def test_an_answer_costs_the_same_whatever_was_answered(
    loaded: Engine, context: RequestContext, ids: dict[str, int], now: datetime
) -> None:
    await claim_lines.add_session(context, ids["A"], now=now)
    counts = []
    for value in (1, 2, 3):
        with record_statements(loaded) as seen:
            await evaluation_answers.answer_session(context, ids["A"], "objectives", value, now=now)
        counts.append(len(seen))
    assert counts == [5, 5, 5]
