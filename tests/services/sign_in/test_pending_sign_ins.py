"""Who ends sign-ins ends what could still become one: choices, and links that were requested."""

from collections.abc import Iterator
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.services.sign_in import (
    authentication,
    email_link,
    links,
    own_sign_ins,
    registrations,
)
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.database import write
from cme_reflex.store.people.tables import AttendeeRow
from tests.support.database.table_rows import fetch_one
from tests.support.mail import FOLDER_WITH_ADDRESSES, KIM, send_due_mail
from tests.support.meetings import MEETING
from tests.support.servers.smtp_server import LocalSmtpServer, run_smtp_server

pytestmark = pytest.mark.usefixtures("loaded")

MINUTE = timedelta(minutes=1)
WEAK, STRONG = SignInMethod.NUMBER, SignInMethod.LINK


@pytest.fixture
def folder() -> MeetingFolder:
    return FOLDER_WITH_ADDRESSES


@pytest.fixture
def server() -> Iterator[LocalSmtpServer]:
    with run_smtp_server() as server:
        yield server


async def kim() -> AttendeeRow:
    return await fetch_one(select(AttendeeRow).where(AttendeeRow.email == KIM))


async def sign_in(method: SignInMethod, now: datetime) -> RequestContext:
    attendee_id = (await kim()).id
    assert attendee_id is not None
    token = await write(lambda db: registrations.create_sign_in(db, attendee_id, method, now))
    return await authentication.authenticate(MEETING.code, token, now=now)


async def end_another(by: SignInMethod, now: datetime) -> None:
    """End one of Kim's sign-ins by another one, made in this way."""
    context = await sign_in(by, now)
    await sign_in(WEAK, now)
    (_, other) = await own_sign_ins.list_own(context, now=now)
    await own_sign_ins.end_own(context, other.reference, now=now)


async def choice(method: SignInMethod, now: datetime) -> tuple[str, int]:
    """A pending choice of Kim between this registration and another one, made in this way."""
    first = await kim()
    other = await fetch_one(select(AttendeeRow).where(AttendeeRow.email != KIM).limit(1))
    result = await write(
        lambda db: registrations.start_sign_in(db, [first, other], method, now=now)
    )
    assert isinstance(result, registrations.RegistrationChoiceRequired)
    assert first.id is not None
    return result.token, first.id


async def is_pending(token: str, attendee_id: int, now: datetime) -> bool:
    offered = await registrations.registration_options(MEETING.code, token, now=now)
    is_offered = attendee_id in {each.attendee_id for each in offered}
    try:
        await registrations.choose_registration(token, attendee_id, now=now)
    except authentication.NotSignedIn:
        assert not is_offered
        return False
    return True


async def ended_by_staff(now: datetime) -> None:
    await own_sign_ins.end_all(MEETING.code, (await kim()).badge, reason="r", actor="s", now=now)


@pytest.mark.parametrize("method", [WEAK, STRONG])
@pytest.mark.parametrize("by", [WEAK, STRONG, None])
async def test_pending_choices_end_unless_they_are_stronger(
    now: datetime, method: SignInMethod, by: SignInMethod | None
) -> None:
    token, attendee_id = await choice(method, now)
    later = now + MINUTE
    await (end_another(by, later) if by else ended_by_staff(later))
    assert await is_pending(token, attendee_id, later) == (by is WEAK and method is STRONG)
    token, attendee_id = await choice(method, later + MINUTE)
    assert await is_pending(token, attendee_id, later + MINUTE)


@pytest.mark.parametrize("by", [WEAK, STRONG, None])
async def test_links_that_were_requested_end_unless_they_are_stronger(
    server: LocalSmtpServer, now: datetime, by: SignInMethod | None
) -> None:
    async def requested(at: datetime) -> None:
        await email_link.request_link(MEETING.code, KIM, client="203.0.113.7", now=at)

    async def sent(at: datetime) -> str:
        await send_due_mail(server, at)
        return server.received[-1].link().partition("#")[2]

    await requested(now)
    first = await sent(now)
    await requested(now)
    later = now + MINUTE
    await (end_another(by, later) if by else ended_by_staff(later))
    after = later + MINUTE
    for link in (first, await sent(after)):  # the second was requested before, and sent after
        if by is WEAK:
            assert await email_link.sign_in_with_link(MEETING.code, link, now=after)
        else:
            with pytest.raises(links.LinkUsed):
                await email_link.sign_in_with_link(MEETING.code, link, now=after)
    await requested(after)
    assert await email_link.sign_in_with_link(MEETING.code, await sent(after), now=after)


async def test_a_choice_of_another_person_goes_on(now: datetime) -> None:
    token, attendee_id = await choice(STRONG, now)
    other = await fetch_one(select(AttendeeRow).where(AttendeeRow.email != KIM).limit(1))
    await own_sign_ins.end_all(MEETING.code, other.badge, reason="r", actor="s", now=now + MINUTE)
    assert await is_pending(token, attendee_id, now + MINUTE)
