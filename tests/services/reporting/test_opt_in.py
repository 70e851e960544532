from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from sqlmodel import select

from cme_reflex.domain.reporting.learner import ConsentMissing, InvalidLearner, Learner
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.services.reporting import opt_in
from cme_reflex.services.reporting.opt_in import OptIn
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.people.tables import RegistrationAuditRow
from tests.support.attendees import LEARNER_FORM, SignIn
from tests.support.database.table_rows import fetch

LEARNER = Learner(
    first_name="Kim",
    last_name="O'Brien-Núñez",
    birth_month=2,
    birth_day=29,
    state="Texas",
    npi="1234567893",
)


async def test_an_opt_in_is_kept_with_the_consent_it_was_given_to(
    context: RequestContext, now: datetime
) -> None:
    await opt_in.save_opt_in(context, LEARNER_FORM, consented=True, version="1", now=now)
    assert await opt_in.load_opt_in(context) == OptIn(LEARNER, "1", now, None)


async def test_it_can_be_corrected_withdrawn_and_given_again(
    context: RequestContext, now: datetime
) -> None:
    later = now + timedelta(days=1)
    await opt_in.save_opt_in(context, LEARNER_FORM, consented=True, version="1", now=now)
    await opt_in.save_opt_in(
        context, LEARNER_FORM | {"state": "Ohio"}, consented=True, version="1", now=now
    )
    await opt_in.withdraw_opt_in(context, now=now)
    withdrawn = await opt_in.withdraw_opt_in(context, now=later)
    assert withdrawn == OptIn(replace(LEARNER, state="Ohio"), "1", now, now)
    again = await opt_in.save_opt_in(context, LEARNER_FORM, consented=True, version="1", now=later)
    assert again == OptIn(LEARNER, "1", later, None)


async def test_without_consent_nothing_is_kept(context: RequestContext, now: datetime) -> None:
    with pytest.raises(ConsentMissing):
        await opt_in.save_opt_in(context, LEARNER_FORM, consented=False, version="1", now=now)
    with pytest.raises(InvalidLearner):
        await opt_in.save_opt_in(context, {}, consented=True, version="1", now=now)
    assert await opt_in.load_opt_in(context) is None
    assert await opt_in.withdraw_opt_in(context, now=now) is None


async def test_it_is_nobody_elses(
    context: RequestContext, sign_in_as: SignIn, now: datetime
) -> None:
    await opt_in.save_opt_in(context, LEARNER_FORM, consented=True, version="1", now=now)
    assert await opt_in.load_opt_in(await sign_in_as("102", "Smith")) is None


async def test_changes_of_a_day_are_limited_because_each_leaves_an_entry(
    context: RequestContext, now: datetime
) -> None:
    async def change(number: int, at: datetime) -> OptIn:
        values = LEARNER_FORM | {"state": ("Texas", "Ohio")[number % 2]}
        return await opt_in.save_opt_in(context, values, consented=True, version="1", now=at)

    for number in range(opt_in.CHANGES.limit):
        last = await change(number, now)
    with pytest.raises(TooManyAttempts):
        await change(opt_in.CHANGES.limit, now)
    assert await opt_in.load_opt_in(context) == last
    assert len(await fetch(select(RegistrationAuditRow))) == opt_in.CHANGES.limit - 1
    await change(opt_in.CHANGES.limit, now + opt_in.CHANGES.window)
