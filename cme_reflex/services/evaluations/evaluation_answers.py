"""Evaluations, saved question by question."""

from datetime import datetime

from cme_reflex.domain.evaluations.form import Answers
from cme_reflex.services.claims.claim import ClaimSummary, Draft, update_claim
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims import claims
from cme_reflex.store.database import read


async def answer_session(
    context: RequestContext, session_id: object, question: str, value: object, *, now: datetime
) -> ClaimSummary:
    """Keep one answer about a session of the claim; an empty value takes it back.

    Raises InvalidAnswer, NotEligible, NotInClaim, and what `update_claim` raises.
    """

    def keep(draft: Draft) -> None:
        session = draft.session(session_id)
        answer = draft.context.meeting.session_form.question(question).parse_answer(value)
        draft.line(session.id)
        draft.save_answer(session.id, question, answer)

    return await update_claim(context, keep, now=now)


async def toggle_session_option(
    context: RequestContext,
    session_id: object,
    question: str,
    option: str,
    chosen: bool,
    *,
    now: datetime,
) -> ClaimSummary:
    """Keep that one of several options about a session is chosen, or is not; the others stay.

    Raises InvalidAnswer, NotEligible, NotInClaim, and what `update_claim` raises.
    """

    def keep(draft: Draft) -> None:
        session = draft.session(session_id)
        asked = draft.context.meeting.session_form.question(question)
        draft.line(session.id)
        given = draft.answer(session.id, question)
        draft.save_answer(session.id, question, asked.with_option(given, option, chosen))

    return await update_claim(context, keep, now=now)


async def answer_overall(
    context: RequestContext, question: str, value: object, *, now: datetime
) -> ClaimSummary:
    """Keep one answer about the whole meeting; an empty value takes it back.

    Raises InvalidAnswer, and what `update_claim` raises.
    """

    def keep(draft: Draft) -> None:
        answer = draft.context.meeting.overall_form.question(question).parse_answer(value)
        draft.save_answer(None, question, answer)

    return await update_claim(context, keep, now=now)


async def toggle_overall_option(
    context: RequestContext, question: str, option: str, chosen: bool, *, now: datetime
) -> ClaimSummary:
    """Keep that one of several options about the meeting is chosen, or is not; the others stay.

    Raises InvalidAnswer, and what `update_claim` raises.
    """

    def keep(draft: Draft) -> None:
        asked = draft.context.meeting.overall_form.question(question)
        given = draft.answer(None, question)
        draft.save_answer(None, question, asked.with_option(given, option, chosen))

    return await update_claim(context, keep, now=now)


async def load_answers(context: RequestContext) -> Answers:
    """All that the attendee answered."""
    return await read(lambda db: claims.answers(db, context.attendee.id))
