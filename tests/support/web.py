"""HTTP responses and submitted claims, for tests of the routes."""

from datetime import UTC, datetime

import httpx

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.services.claims import claim_lines, submission
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.sign_in import authentication, credentials
from tests.support.attendees import submit_attested
from tests.support.meetings import MEETING


def status_and_location(response: httpx.Response) -> tuple[int, str]:
    return response.status_code, response.headers.get("location", "")


NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)


async def submit_owners_claim(quarters: int = 6) -> str:
    """Submit the owner's claim, and return the receipt number."""
    today = datetime.now(UTC)  # the routes use the real clock
    token = await credentials.sign_in_with_badge(MEETING.code, "O'Brien-Núñez", "101", now=today)
    context = await authentication.authenticate(MEETING.code, token, now=today)
    (first,) = (each.id for each in context.programme.sessions.values() if each.code == "A")
    await claim_lines.add_session(context, first, now=NOW)
    await evaluation_answers.answer_overall(context, "bias", True, now=NOW)
    done = await submission.choose_total(context, "category1", Amount(quarters), now=NOW)
    receipt = await submit_attested(context, done.claim.revision, now=NOW)
    return receipt.number


HOST = "https://cme.example.org"
