"""Evaluations, saved question by question."""

from datetime import datetime

from cme_reflex.domain.evaluation import Answers
from cme_reflex.services.claim import Standing, changing, once
from cme_reflex.services.visit import Visit
from cme_reflex.store import claims
from cme_reflex.store.database import reading


@once
async def answer_session(
    visit: Visit, session_id: object, question: str, value: object, *, now: datetime
) -> Standing:
    """Keep one answer about a session of the claim; an empty value takes it back.

    Raises InvalidAnswer, NotEligible, NotInClaim, and what `changing` raises.
    """
    async with changing(visit, now=now) as draft:
        session = draft.session(session_id)
        answer = draft.visit.meeting.session_form.question(question).answer(value)
        draft.line(session.id)
        await claims.put_answer(draft.db, draft.id, session.id, question, answer)
        return draft.settled()


@once
async def answer_overall(visit: Visit, question: str, value: object, *, now: datetime) -> Standing:
    """Keep one answer about the whole meeting; an empty value takes it back.

    Raises InvalidAnswer, and what `changing` raises.
    """
    async with changing(visit, now=now) as draft:
        answer = draft.visit.meeting.overall_form.question(question).answer(value)
        await claims.put_answer(draft.db, draft.id, None, question, answer)
        return draft.settled()


async def answers(visit: Visit) -> Answers:
    """All that the attendee answered."""
    async with reading() as db:
        return await claims.answers(db, visit.attendee.id)
