"""Codes of claimed sessions that a folder gives to what looks like other sessions."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from sqlmodel import Session, col, select

from cme_reflex.domain.folding import fold
from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.services.meetings.row_changes import RowChanges, Values
from cme_reflex.store.claims.tables import ClaimRow, LineRow
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.text.plural import Plural

BADGES_SHOWN = 5
_CLAIMS = Plural(one="{count} claim", other="{count} claims")


def require_same_sessions(db: Session, existing: Mapping[str, Values], changes: RowChanges) -> None:
    """Raise InvalidInput if a session in a claim would get another title and another start.

    A line is of its session: it would say that somebody took part in what they have never seen. A
    session that is renamed or moved keeps the other of the two.
    """
    by_id = {row["id"]: row for row in existing.values()}
    reused = {
        values["id"]: values
        for values in changes.changed
        if _is_another(by_id[values["id"]], values)
    }
    if reused:
        badges = _claimed(db, reused)
        problems = [*_problems(by_id, reused, badges)]
        if problems:
            raise InvalidInput(problems)


def _is_another(row: Values, values: Values) -> bool:
    if "title" not in values or "starts_at" not in values:
        return False
    return fold(values["title"]) != fold(row["title"])


def _claimed(db: Session, sessions: Mapping[int, Any]) -> Mapping[int, list[str]]:
    """The badges of the claims that have a session, by its id."""
    query = (
        select(LineRow.session_id, AttendeeRow.badge)
        .join(ClaimRow, col(ClaimRow.id) == LineRow.claim_id)
        .join(AttendeeRow, col(AttendeeRow.id) == ClaimRow.attendee_id)
        .where(col(LineRow.session_id).in_(sessions), col(LineRow.removed_at).is_(None))
        .order_by(AttendeeRow.badge)
    )
    badges: dict[int, list[str]] = defaultdict(list)
    for session_id, badge in db.exec(query):
        badges[session_id].append(badge)
    return badges


def _problems(
    by_id: Mapping[int, Values], reused: Mapping[int, Values], badges: Mapping[int, list[str]]
) -> Iterator[InputProblem]:
    for session_id, of_session in badges.items():
        row, values = by_id[session_id], reused[session_id]
        more = " …" if len(of_session) > BADGES_SHOWN else ""
        claimed = ", ".join(of_session[:BADGES_SHOWN]) + more
        claims = _CLAIMS(len(of_session))
        fault = (
            f"{row['code']} is {row['title']!r} in {claims} (badge {claimed}), and would be "
            f"{values['title']!r} at another time."
        )
        remedy = "Give the other session a code of its own; if it is the same, use --same-sessions."
        yield InputProblem("sessions.csv", None, "code", fault, remedy)
