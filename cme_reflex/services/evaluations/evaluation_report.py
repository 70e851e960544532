"""What the evaluations of a meeting say, counted over all submitted claims."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import cast

from sqlmodel import Session

from cme_reflex.domain.credit.quarters import Quarters
from cme_reflex.domain.evaluations.form import Answer
from cme_reflex.domain.evaluations.survey_counts import count_form_answers
from cme_reflex.domain.programme.programme import Programme
from cme_reflex.formats.reports.claims_export import ExportedClaim
from cme_reflex.formats.reports.evaluations_report import EvaluationsReport, SessionEvaluations
from cme_reflex.services.claims import export
from cme_reflex.services.programme import programme_cache
from cme_reflex.store.database import read

_Answers = Mapping[str, Answer]


@dataclass(slots=True)
class _Accumulator:
    claims: int = 0
    category1: int = 0
    safety: int = 0
    overall: list[_Answers] = field(default_factory=list)
    claimed: Counter[str] = field(default_factory=Counter)
    sessions: dict[str, list[_Answers]] = field(default_factory=lambda: defaultdict(list))

    def add(self, claim: ExportedClaim) -> None:
        self.claims += 1
        self.category1 += claim.category1 or 0
        self.safety += claim.safety or 0
        self.claimed.update(line.session for line in claim.lines)
        given: dict[str, dict[str, Answer]] = defaultdict(dict)
        for answer in claim.answers:
            given[answer.session][answer.question] = answer.answer
        if overall := given.pop("", None):
            self.overall.append(overall)
        for session, answers in given.items():
            self.sessions[session].append(answers)


async def build(meeting: str, *, now: datetime) -> EvaluationsReport:
    """The report as of `now` (aware). What is still a draft is not in it: it may change.

    Raises MeetingNotFound.
    """

    def count(db: Session) -> tuple[Programme, _Accumulator]:
        row = programme_cache.meeting_by_code(db, meeting)
        counted = _Accumulator()
        for claim in export.iter_claims_in(db, cast(int, row.id)):
            if claim.version is not None:
                counted.add(claim)
        return programme_cache.get_in(db, cast(int, row.id), row.version), counted

    of, counted = await read(count, timeout=export.TIMEOUT)
    return EvaluationsReport(
        meeting=of.meeting,
        as_of=now,
        claims=counted.claims,
        hours_of_instruction=of.hours_of_instruction,
        most_for_one=of.most_for_one,
        category1_claimed=Quarters(counted.category1),
        safety_claimed=Quarters(counted.safety),
        overall=count_form_answers(of.meeting.overall_form, counted.overall),
        sessions=_sessions(of, counted),
    )


def _sessions(of: Programme, counted: _Accumulator) -> tuple[SessionEvaluations, ...]:
    claimed = (session for session in of.sessions.values() if counted.claimed[session.code])
    return tuple(
        SessionEvaluations(
            session=session.code,
            title=session.title,
            starts_at=session.starts_at,
            category1=session.quarters,
            claimed=counted.claimed[session.code],
            evaluated=len(counted.sessions[session.code]),
            questions=count_form_answers(of.meeting.session_form, counted.sessions[session.code]),
        )
        for session in sorted(claimed, key=lambda each: (each.starts_at, each.title, each.code))
    )
