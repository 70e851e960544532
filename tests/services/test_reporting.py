from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from cme_reflex.domain.reporting import ConsentMissing, InvalidLearner, Learner
from cme_reflex.services import reporting
from cme_reflex.services.reporting import OptIn
from cme_reflex.services.visit import Visit
from tests.services.conftest import SignIn

GIVEN = {
    "first_name": "Kim",
    "last_name": "O'Brien-Núñez",
    "birth_month": "2",
    "birth_day": "29",
    "state": "Texas",
    "npi": "1234567893",
}
LEARNER = Learner(
    first_name="Kim",
    last_name="O'Brien-Núñez",
    birth_month=2,
    birth_day=29,
    state="Texas",
    npi="1234567893",
)


async def test_an_opt_in_is_kept_with_the_consent_it_was_given_to(
    visit: Visit, now: datetime
) -> None:
    await reporting.opt_in(visit, GIVEN, consented=True, version="1", now=now)
    assert await reporting.current(visit) == OptIn(LEARNER, "1", now, None)


async def test_it_can_be_corrected_withdrawn_and_given_again(visit: Visit, now: datetime) -> None:
    later = now + timedelta(days=1)
    await reporting.opt_in(visit, GIVEN, consented=True, version="1", now=now)
    await reporting.opt_in(visit, GIVEN | {"state": "Ohio"}, consented=True, version="1", now=now)
    await reporting.withdraw(visit, now=now)
    withdrawn = await reporting.withdraw(visit, now=later)
    assert withdrawn == OptIn(replace(LEARNER, state="Ohio"), "1", now, now)
    again = await reporting.opt_in(visit, GIVEN, consented=True, version="1", now=later)
    assert again == OptIn(LEARNER, "1", later, None)


async def test_without_consent_nothing_is_kept(visit: Visit, now: datetime) -> None:
    with pytest.raises(ConsentMissing):
        await reporting.opt_in(visit, GIVEN, consented=False, version="1", now=now)
    with pytest.raises(InvalidLearner):
        await reporting.opt_in(visit, {}, consented=True, version="1", now=now)
    assert await reporting.current(visit) is None
    assert await reporting.withdraw(visit, now=now) is None


async def test_it_is_nobody_elses(visit: Visit, visit_as: SignIn, now: datetime) -> None:
    await reporting.opt_in(visit, GIVEN, consented=True, version="1", now=now)
    assert await reporting.current(await visit_as("102", "Smith")) is None
