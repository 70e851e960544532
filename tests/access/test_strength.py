"""What each strength of a sign-in sees, in every frame that it is sent."""

import json

import pytest
import sqlalchemy as sa
from sqlmodel import select

from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.store.people.tables import AttendeeRow, MemberRow, RegistrationAuditRow
from cme_reflex.store.reporting.tables import OptInRow
from cme_reflex.store.sign_in.tables import SignInRow
from tests.support.access.attendees import (
    DRAFTING,
    LEARNER,
    SECRET,
    SUBMITTED,
    VISITING,
    SignedInPeople,
)
from tests.support.access.events import VALID_PAYLOADS
from tests.support.app_client import RunningApp, SocketConnection
from tests.support.database.table_rows import execute, fetch, fetch_one

pytestmark = pytest.mark.parametrize("database_kind", ["sqlite"])  # independent of the database

STRONG = [method for method in SignInMethod if method.is_strong]
IDENTIFIERS = (
    f"{SECRET}-1",
    '"state":"California"',
    '"birth_month":"2"',
    '"birth_day":"28"',
)
USERNAME = "kim-the-member"


async def sign_in_by(method: SignInMethod, people: SignedInPeople, badge: str) -> str:
    """The token of the attendee's sign-in, as if it had been made by this method."""
    token = people.tokens[badge]
    made = sa.update(SignInRow).where(SignInRow.token_hash == token_hash(token))
    await execute(made.values(method=method))
    return token


def sent(socket: SocketConnection) -> str:
    return "".join(socket.frames).replace('": ', '":')


async def test_a_badge_sees_stored_identifiers_masked_in_every_frame(
    site: RunningApp, people: SignedInPeople
) -> None:
    token = await sign_in_by(SignInMethod.NUMBER, people, SUBMITTED)
    for event, payload in VALID_PAYLOADS.items():
        session = {"session_id": people.sessions["A"]} if "session_id" in payload else {}
        async with site.socket(token) as socket:
            await socket.send("reporting.load", path="/reporting")
            shown = socket.vars()
            await socket.send(event, {**payload, **session})
            frames = sent(socket)
        assert not [each for each in IDENTIFIERS if each in frames], event
        assert shown["reporting.hidden"]
        assert shown["reporting.values"] == {
            "first_name": SECRET,
            "last_name": SECRET,
            "birth_month": "••••",
            "birth_day": "••••",
            "state": "••••ia",
            "licence_id": "••••-1",
            "npi": "",
            "board": "",
            "board_id": "",
        }


@pytest.mark.parametrize("method", STRONG)
async def test_other_sign_ins_see_and_change_what_is_stored(
    site: RunningApp, people: SignedInPeople, method: SignInMethod
) -> None:
    token = await sign_in_by(method, people, SUBMITTED)
    async with site.socket(token) as socket:
        await socket.send("reporting.load", path="/reporting")
        shown = socket.vars()
        assert not shown["reporting.hidden"]
        assert shown["reporting.values"] == {"npi": "", "board": "", "board_id": "", **LEARNER}
        await socket.send("reporting.consent", {"consented": True})
        await socket.send("reporting.opt_in", {"form": {**LEARNER, "state": "Ohio"}})
    row = await fetch_one(select(OptInRow).where(OptInRow.attendee_id == people.ids[SUBMITTED]))
    (entry,) = await fetch(select(RegistrationAuditRow))
    assert row.state == "Ohio"
    assert (entry.attendee_id, entry.actor, entry.what, entry.reason) == (
        people.ids[SUBMITTED],
        f"attendee {people.ids[SUBMITTED]}",
        "reporting data changed",
        "state",
    )


async def test_a_badge_cannot_overwrite_what_is_stored(
    site: RunningApp, people: SignedInPeople
) -> None:
    token = await sign_in_by(SignInMethod.NUMBER, people, SUBMITTED)
    async with site.socket(token) as socket:
        await socket.send("reporting.load", path="/reporting")
        await socket.send("reporting.consent", {"consented": True})
        await socket.send("reporting.opt_in", {"form": {**LEARNER, "state": "Ohio"}})
        assert socket.vars()["reporting.problem"].startswith("Your badge is not enough")
    row = await fetch_one(select(OptInRow).where(OptInRow.attendee_id == people.ids[SUBMITTED]))
    assert row.state == "California"
    assert await fetch(select(RegistrationAuditRow)) == []


async def test_a_badge_may_opt_in_where_nothing_is_stored_and_then_sees_it_masked(
    site: RunningApp, people: SignedInPeople
) -> None:
    token = await sign_in_by(SignInMethod.NUMBER, people, VISITING)
    async with site.socket(token) as socket:
        await socket.send("reporting.load", path="/reporting")
        assert not socket.vars()["reporting.hidden"]
        await socket.send("reporting.consent", {"consented": True})
        await socket.send("reporting.opt_in", {"form": LEARNER})
        shown = socket.vars()
    assert (shown["reporting.hidden"], shown["reporting.opted_in"]) == (True, True)
    assert shown["reporting.values"]["licence_id"] == "••••-1"


async def test_a_badge_sees_no_other_meeting_and_no_username(
    site: RunningApp, people: SignedInPeople
) -> None:
    await execute(
        sa.insert(MemberRow).values(
            accounts="SOT",
            id=77, username=USERNAME, last_name="S", first_name="K", suffix="", email="",
            password_hash="h", loaded_hash="h",
        ),
        sa.update(AttendeeRow).where(AttendeeRow.badge == SUBMITTED).values(member_id=77),
        sa.update(AttendeeRow).where(AttendeeRow.badge == DRAFTING).values(member_id=77),
    )  # fmt: skip
    seen = {}
    for method in SignInMethod:
        async with site.socket(await sign_in_by(method, people, SUBMITTED)) as socket:
            await socket.send("account.load", path="/account")
            shown = socket.vars()["account.account"]
            frames = sent(socket)
        claims = shown["open"] + [claim for year in shown["years"] for claim in year["claims"]]
        badges = {claim["registered"].rpartition(" ")[2] for claim in claims}
        seen[method] = (shown["is_complete"], USERNAME in frames, DRAFTING in badges)
    assert seen == {
        SignInMethod.NUMBER: (False, False, False),
        **dict.fromkeys(STRONG, (True, True, True)),
    }


async def test_another_sign_in_is_listed_and_can_be_ended(
    site: RunningApp, people: SignedInPeople
) -> None:
    token = await sign_in_by(SignInMethod.NUMBER, people, SUBMITTED)
    await execute(sa.update(SignInRow).values(browser="Safari, iPhone"))
    async with site.socket(token) as socket:
        await socket.send("account.load", path="/account")
        before = socket.vars()["account.sign_ins"]
        assert [each["is_current"] for each in before] == [True, False]
        assert {each["browser"] for each in before} == {"Safari, iPhone"}
        assert not [each for each in before if token_hash(token) in json.dumps(each)]
        await socket.send("account.end_sign_in", {"reference": before[1]["reference"]})
        assert socket.vars()["account.sign_ins"] == before[:1]
