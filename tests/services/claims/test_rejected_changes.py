"""Rejected changes: each service's exceptions, with nothing written."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from cme_reflex.domain.claims.claim import ClaimPeriodClosed, ClaimPeriodNotOpen, InvalidCommand
from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.evaluations.form import Answers
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.programme.programme import NotEligible, PresentedByAttendee
from cme_reflex.services.claims import claim, claim_lines, submission
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.attendees import SignIn
from tests.support.meetings import FOLDER, MEETING

Change = Callable[..., Awaitable[ClaimSummary]]
Saved = tuple[ClaimSummary, Answers, Attendee]


def about(session: object) -> list[Change]:
    """The changes of this session."""
    given: list[tuple[Callable[..., Awaitable[ClaimSummary]], Any]] = [
        (claim_lines.add_session, {}),
        (claim_lines.remove_session, {}),
        (claim_lines.set_minutes, {"minutes": 45}),
        (claim_lines.set_amount, {"code": "safety", "amount": Amount(0)}),
        (claim_lines.set_on_demand, {"on_demand": True}),
        (evaluation_answers.answer_session, {"question": "comment", "value": "Good"}),
    ]
    return [partial(service, session_id=session, **rest) for service, rest in given]


def changes(session: int) -> Sequence[Change]:
    """All changes of a claim; each has an effect unless it is rejected."""
    return [
        *about(session),
        partial(evaluation_answers.answer_overall, question="bias", value=False),
        partial(submission.choose_total, code="category1", amount=Amount(2)),
        partial(submission.choose_total, code="safety", amount=Amount(0)),
        partial(submission.save_certificate_name, name="Somebody Else"),
        partial(submission.correct_profession, profession="other"),
    ]


@pytest.fixture
async def added(context: RequestContext, ids: dict[str, int], now: datetime) -> int:
    """A claimed session."""
    await claim_lines.add_session(context, ids["A"], now=now)
    return ids["A"]


async def saved(sign_in_as: SignIn) -> Saved:
    """All rows of the claim."""
    context = await sign_in_as()
    return (
        await claim.load_summary(context, now=MEETING.claim.opens_at),
        await evaluation_answers.load_answers(context),
        context.attendee,
    )


async def test_outside_of_the_claim_period_nothing_is_changed(
    context: RequestContext, sign_in_as: SignIn, added: int
) -> None:
    before = await saved(sign_in_as)
    opens, closes = MEETING.claim.opens_at, MEETING.claim.closes_at
    for change in changes(added):
        with pytest.raises(ClaimPeriodNotOpen) as early:
            await change(context, now=opens - timedelta(seconds=1))
        assert early.value.opens_at == opens
        with pytest.raises(ClaimPeriodClosed) as late:
            await change(context, now=closes)
        assert late.value.closed_at == closes
    assert await saved(sign_in_as) == before


async def test_nothing_is_changed_by_what_is_no_commands_id(
    context: RequestContext, sign_in_as: SignIn, added: int, now: datetime
) -> None:
    before = await saved(sign_in_as)
    for change in changes(added):
        with pytest.raises(InvalidCommand):
            await change(replace(context, command="x" * 65), now=now)
    assert await saved(sign_in_as) == before


async def test_every_change_is_carried_out_once_however_often_its_command_arrives(
    context: RequestContext, sign_in_as: SignIn, added: int, now: datetime
) -> None:
    for number, change in enumerate(changes(added)):
        await claim_lines.add_session(context, added, now=now)
        command = replace(context, command=str(number))
        once = await change(command, now=now)
        before = await saved(sign_in_as)
        assert await change(command, now=now) == once
        assert await saved(sign_in_as) == before


@pytest.mark.parametrize("wrong", [0, True, "1", None])
async def test_what_is_no_session_can_be_no_part_of_a_change(
    context: RequestContext, sign_in_as: SignIn, added: int, now: datetime, wrong: object
) -> None:
    before = await saved(sign_in_as)
    for change in about(wrong):
        with pytest.raises(NotEligible):
            await change(context, now=now)
    assert await saved(sign_in_as) == before


async def test_who_presents_a_session_since_the_last_load_did_not_watch_it_on_demand(
    context: RequestContext, sign_in_as: SignIn, added: int, now: datetime
) -> None:
    presented = replace(FOLDER.sessions[0], faculty_badges=frozenset({"101"}))
    await load_meeting(replace(FOLDER, sessions=(presented, *FOLDER.sessions[1:])), now=now)
    before = await saved(sign_in_as)
    with pytest.raises(PresentedByAttendee):
        await claim_lines.set_on_demand(context, added, True, now=now)
    assert await saved(sign_in_as) == before
