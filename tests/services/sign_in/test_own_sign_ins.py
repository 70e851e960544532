"""Own sign-ins are listed and ended; staff end all of a registration."""

from dataclasses import replace
from datetime import datetime, timedelta

import pytest
import sqlalchemy as sa
from sqlmodel import select

from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.domain.sign_in.strength import SignInMethod, StrongerSignInRequired
from cme_reflex.services.sign_in import authentication, credentials, known_browser, own_sign_ins
from cme_reflex.services.sign_in.own_sign_ins import EndedSignIns
from cme_reflex.services.sign_in.registrations import SIGN_INS_LIMIT
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.store.people.tables import RegistrationAuditRow
from cme_reflex.store.sign_in.tables import SignInRow
from tests.support.database.table_rows import execute, fetch, fetch_one
from tests.support.meetings import MEETING

pytestmark = pytest.mark.usefixtures("loaded")

MINUTE = timedelta(minutes=1)


async def sign_in(
    now: datetime, method: SignInMethod = SignInMethod.NUMBER, browser: str = "Chrome, Mac"
) -> tuple[str, RequestContext]:
    token = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    await own_sign_ins.record_browser(token, browser)
    made = sa.update(SignInRow).where(SignInRow.token_hash == token_hash(token))
    await execute(made.values(method=method))
    return token, await authentication.authenticate(MEETING.code, token, now=now)


async def test_the_list_says_when_how_and_where_with_the_current_one_first(now: datetime) -> None:
    _, context = await sign_in(now, SignInMethod.NUMBER, "Safari, iPhone")
    await sign_in(now + MINUTE, SignInMethod.LINK, "Firefox, Windows")
    await sign_in(now - timedelta(days=1))  # idle since yesterday
    listed = await own_sign_ins.list_own(context, now=now + MINUTE)
    assert [(each.browser, each.method, each.created_at) for each in listed] == [
        ("Safari, iPhone", SignInMethod.NUMBER, now),
        ("Firefox, Windows", SignInMethod.LINK, now + MINUTE),
    ]
    assert [(each.is_current, each.may_end) for each in listed] == [(True, False), (False, False)]


async def test_a_badge_ends_its_like_and_a_stronger_one_ends_all(now: datetime) -> None:
    badge_token, badge = await sign_in(now)
    link_token, link = await sign_in(now, SignInMethod.LINK)
    (_, seen_by_badge) = await own_sign_ins.list_own(badge, now=now)
    with pytest.raises(StrongerSignInRequired):
        await own_sign_ins.end_own(badge, seen_by_badge.reference, now=now)
    (_, seen_by_link) = await own_sign_ins.list_own(link, now=now)
    await own_sign_ins.end_own(link, seen_by_link.reference, now=now)
    await own_sign_ins.end_own(link, seen_by_link.reference, now=now)
    await authentication.authenticate(MEETING.code, link_token, now=now)
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(MEETING.code, badge_token, now=now)


async def test_of_too_many_sign_ins_the_longest_unused_end_and_none_that_is_stronger(
    now: datetime,
) -> None:
    link_token, _ = await sign_in(now, SignInMethod.LINK)
    first, _ = await sign_in(now + MINUTE)
    for minute in range(2, SIGN_INS_LIMIT + 2):
        _, context = await sign_in(now + minute * MINUTE)
    later = now + 30 * MINUTE
    assert len(await own_sign_ins.list_own(context, now=later)) == SIGN_INS_LIMIT + 1
    await authentication.authenticate(MEETING.code, link_token, now=later)
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(MEETING.code, first, now=later)


async def test_nobody_ends_the_sign_in_of_somebody_else(now: datetime) -> None:
    token, context = await sign_in(now)
    _, other = await sign_in(now)
    stranger = replace(other, attendee=replace(other.attendee, id=other.attendee.id + 1))
    for each in await own_sign_ins.list_own(context, now=now):
        await own_sign_ins.end_own(stranger, each.reference, now=now)
    await authentication.authenticate(MEETING.code, token, now=now)


@pytest.mark.parametrize("number", ["102", "conf-102"])
async def test_staff_end_all_sign_ins_with_a_reason_and_an_entry(
    now: datetime, number: str
) -> None:
    token, context = await sign_in(now)
    await sign_in(now, SignInMethod.LINK)
    cookie = known_browser.remember("", context.attendee.id, now=now)
    ended = await own_sign_ins.end_all(
        MEETING.code, number, reason=" phone lost ", actor="staff kim", now=now
    )
    assert (ended.badge, ended.ended) == ("102", 2)
    with pytest.raises(authentication.NotSignedIn):
        await authentication.authenticate(MEETING.code, token, now=now)
    entry = await fetch_one(select(RegistrationAuditRow))
    assert (entry.attendee_id, entry.at, entry.actor, entry.what, entry.reason) == (
        context.attendee.id, now, "staff kim", "sign-ins ended", "phone lost",
    )  # fmt: skip
    # The browser is not known any more, so a lock stops it.
    for _ in range(5):
        with pytest.raises(credentials.InvalidCredentials):
            await credentials.sign_in_with_badge(MEETING.code, "Wrong", "102", now=now)
    with pytest.raises(TooManyAttempts):
        await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now, known=cookie)


async def test_without_a_reason_or_a_registration_nothing_ends(now: datetime) -> None:
    await sign_in(now)
    for number, reason, error in (
        ("102", " ", own_sign_ins.ReasonMissing),
        ("999", "r", own_sign_ins.RegistrationNotFound),
    ):
        with pytest.raises(error):
            await own_sign_ins.end_all(MEETING.code, number, reason=reason, actor="s", now=now)
    assert len(await fetch(select(SignInRow))) == 1
    assert await fetch(select(RegistrationAuditRow)) == []
    assert EndedSignIns(name="", badge="", ended=0).ended == 0
