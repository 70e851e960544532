"""Evaluations, saved question by question."""

from datetime import datetime

from cme_reflex.domain.evaluation import Answers
from cme_reflex.services.claim import Draft, Standing, update_claim
from cme_reflex.services.visit import Visit
from cme_reflex.store import claims
from cme_reflex.store.database import read


async def answer_session(
    visit: Visit, session_id: object, question: str, value: object, *, now: datetime
) -> Standing:
    """Keep one answer about a session of the claim; an empty value takes it back.

    Raises InvalidAnswer, NotEligible, NotInClaim, and what `update_claim` raises.
    """

    def keep(draft: Draft) -> None:
        session = draft.session(session_id)
        answer = draft.visit.meeting.session_form.question(question).answer(value)
        draft.line(session.id)
        draft.save_answer(session.id, question, answer)

    return await update_claim(visit, keep, now=now)


async def tick_session(
    visit: Visit, session_id: object, question: str, option: str, chosen: bool, *, now: datetime
) -> Standing:
    """Keep that one of several options about a session is chosen, or is not; the others stay.

    Raises InvalidAnswer, NotEligible, NotInClaim, and what `update_claim` raises.
    """

    def keep(draft: Draft) -> None:
        session = draft.session(session_id)
        asked = draft.visit.meeting.session_form.question(question)
        draft.line(session.id)
        given = draft.answer(session.id, question)
        draft.save_answer(session.id, question, asked.ticked(given, option, chosen))

    return await update_claim(visit, keep, now=now)


async def answer_overall(visit: Visit, question: str, value: object, *, now: datetime) -> Standing:
    """Keep one answer about the whole meeting; an empty value takes it back.

    Raises InvalidAnswer, and what `update_claim` raises.
    """

    def keep(draft: Draft) -> None:
        answer = draft.visit.meeting.overall_form.question(question).answer(value)
        draft.save_answer(None, question, answer)

    return await update_claim(visit, keep, now=now)


async def tick_overall(
    visit: Visit, question: str, option: str, chosen: bool, *, now: datetime
) -> Standing:
    """Keep that one of several options about the meeting is chosen, or is not; the others stay.

    Raises InvalidAnswer, and what `update_claim` raises.
    """

    def keep(draft: Draft) -> None:
        asked = draft.visit.meeting.overall_form.question(question)
        given = draft.answer(None, question)
        draft.save_answer(None, question, asked.ticked(given, option, chosen))

    return await update_claim(visit, keep, now=now)


async def answers(visit: Visit) -> Answers:
    """All that the attendee answered."""
    return await read(lambda db: claims.answers(db, visit.attendee.id))
