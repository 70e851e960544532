"""Evaluation answers, saved question by question."""

from datetime import datetime

from cme_reflex.domain.evaluations.form import Answers
from cme_reflex.services.claims.claim import ClaimSummary, Draft, update_claim
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims import claims
from cme_reflex.store.database import read


async def answer_session(
    context: RequestContext, session_id: object, question: str, value: object, *, now: datetime
) -> ClaimSummary:
    """Save one answer about a session of the claim; an empty value deletes it.

    Raises InvalidAnswer, NotEligible, NotInClaim, and what `update_claim` raises.
    """

    def save(draft: Draft) -> None:
        session = draft.session(session_id)
        answer = draft.context.meeting.session_form.question(question).parse_answer(value)
        draft.line(session.id)
        draft.save_answer(session.id, question, answer)

    return await update_claim(context, save, now=now)


async def toggle_session_option(
    context: RequestContext,
    session_id: object,
    question: str,
    option: str,
    chosen: bool,
    *,
    now: datetime,
) -> ClaimSummary:
    """Select or deselect one of several options about a session; the others do not change.

    Raises InvalidAnswer, NotEligible, NotInClaim, and what `update_claim` raises.
    """

    def save(draft: Draft) -> None:
        session = draft.session(session_id)
        form_question = draft.context.meeting.session_form.question(question)
        draft.line(session.id)
        current = draft.answer(session.id, question)
        draft.save_answer(session.id, question, form_question.with_option(current, option, chosen))

    return await update_claim(context, save, now=now)


async def answer_overall(
    context: RequestContext, question: str, value: object, *, now: datetime
) -> ClaimSummary:
    """Save one answer of the overall evaluation; an empty value deletes it.

    Raises InvalidAnswer, and what `update_claim` raises.
    """

    def save(draft: Draft) -> None:
        answer = draft.context.meeting.overall_form.question(question).parse_answer(value)
        draft.save_answer(None, question, answer)

    return await update_claim(context, save, now=now)


async def toggle_overall_option(
    context: RequestContext, question: str, option: str, chosen: bool, *, now: datetime
) -> ClaimSummary:
    """Select or deselect one of several overall options; the others do not change.

    Raises InvalidAnswer, and what `update_claim` raises.
    """

    def save(draft: Draft) -> None:
        form_question = draft.context.meeting.overall_form.question(question)
        current = draft.answer(None, question)
        draft.save_answer(None, question, form_question.with_option(current, option, chosen))

    return await update_claim(context, save, now=now)


async def load_answers(context: RequestContext) -> Answers:
    """All answers of the attendee."""
    return await read(lambda db: claims.answers(db, context.attendee.id))
