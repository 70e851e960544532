"""What attendees do to a claim, in one step each."""

from collections.abc import Awaitable, Callable
from datetime import datetime

from sqlmodel import select

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.services.claims import claim, claim_lines, submission
from cme_reflex.services.claims.submission import Receipt
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.reporting import opt_in
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.mail.tables import MailQueueRow
from tests.support.database.table_rows import fetch

SignIn = Callable[..., Awaitable[RequestContext]]


async def complete_draft(context: RequestContext, ids: dict[str, int], now: datetime) -> int:
    """Do all that Submit needs; the revision to submit."""
    await claim_lines.add_session(context, ids["A"], now=now)
    await evaluation_answers.answer_overall(context, "bias", True, now=now)
    await submission.choose_total(context, "category1", Amount(6), now=now)
    return (await submission.choose_total(context, "safety", Amount(2), now=now)).claim.revision


async def submit_attested(context: RequestContext, revision: object, *, now: datetime) -> Receipt:
    """Submit this revision with an attestation of what is saved now."""
    attested = submission.attestation(context, await claim.load_summary(context, now=now))
    return await submission.submit_claim(context, revision, attested=attested, now=now)


async def submit_complete_claim(context: RequestContext, now: datetime) -> Receipt:
    ids = {session.code: session.id for session in context.programme.sessions.values()}
    revision = await complete_draft(context, ids, now)
    return await submit_attested(context, revision, now=now)


async def queued_mail() -> list[MailQueueRow]:
    return await fetch(select(MailQueueRow))


async def begin_claim(context: RequestContext, now: datetime) -> None:
    ids = {session.code: session.id for session in context.programme.sessions.values()}
    await claim_lines.add_session(context, ids["A"], now=now)


LEARNER_FORM = {
    "first_name": "Kim",
    "last_name": "O'Brien-Núñez",
    "birth_month": "2",
    "birth_day": "29",
    "state": "Texas",
    "npi": "1234567893",
}


async def opt_in_and_submit(context: RequestContext, now: datetime, **given: str) -> None:
    """Opt in and submit what is worth an hour and a half."""
    fields = LEARNER_FORM | {"last_name": context.attendee.last_name} | given
    await opt_in.save_opt_in(context, fields, consented=True, version="1", now=now)
    ids = {session.code: session.id for session in context.programme.sessions.values()}
    revision = await complete_draft(context, ids, now)
    await submit_attested(context, revision, now=now)
