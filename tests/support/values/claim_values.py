"""Claims as values, for tests of what pages show of them."""

from collections.abc import Iterable
from datetime import UTC, datetime

from cme_reflex.domain.credit.credit_type import Amount, Amounts
from cme_reflex.domain.credit.line import NOTHING
from cme_reflex.domain.evaluations.form import Answers
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.programme.programme import Session
from cme_reflex.services.claims.claim import ClaimSummary, summarize
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims.claims import ClaimContent
from cme_reflex.store.claims.tables import ClaimRow, LineRow
from tests.support.values.meeting_values import MEETING
from tests.support.values.programme_values import programme

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)


def attendee(profession: str = "physician", registration_type: str = "full") -> Attendee:
    """An attendee."""
    return Attendee(
        id=1,
        badge="101",
        last_name="Kim",
        first_name="Kim",
        suffix="",
        profession=profession,
        registration_type=registration_type,
    )


def context(
    *sessions: Session,
    meeting: Meeting = MEETING,
    profession: str = "physician",
    registration_type: str = "full",
) -> RequestContext:
    """The context of an attendee of a meeting with these sessions."""
    return RequestContext(
        attendee(profession, registration_type), meeting, programme(*sessions, meeting=meeting)
    )


def summary(
    of: RequestContext,
    *,
    minutes: dict[int, int] | None = None,
    lowered: dict[int, dict[str, Amount]] | None = None,
    totals: Amounts = NOTHING,
    on_demand: Iterable[int] = (),
    answers: Answers | None = None,
    now: datetime = NOW,
) -> ClaimSummary:
    """The summary of a claim of all sessions of the context's programme.

    `minutes` are those of sessions that were attended in part, `lowered` the amounts that were set
    lower, and `totals` those that were chosen.
    """
    lines = [
        LineRow(
            claim_id=1,
            session_id=session.id,
            minutes=(minutes or {}).get(session.id, session.minutes),
            on_demand=session.id in on_demand,
        )
        for session in of.programme.sessions.values()
    ]
    content = ClaimContent(lines=lines, lower_amounts=lowered or {}, totals=dict(totals))
    row = ClaimRow(id=1, attendee_id=1, revision=1)
    return summarize(of, row, content, answers or Answers(), now=now)
