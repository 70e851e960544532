"""Evaluation report of a meeting: answers counted over all submitted claims."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import cast

from sqlmodel import Session

from cme_reflex.domain.evaluations.form import Answer
from cme_reflex.domain.evaluations.survey_counts import count_form_answers
from cme_reflex.domain.programme.programme import Programme
from cme_reflex.formats.reports.claims_export import ExportedClaim, ExportedCredit
from cme_reflex.formats.reports.evaluations_report import EvaluationsReport, SessionEvaluations
from cme_reflex.services.claims import export
from cme_reflex.services.programme import programme_cache
from cme_reflex.store.database import read

_Answers = Mapping[str, Answer]


@dataclass(slots=True)
class _Accumulator:
    claims: int = 0
    credits: dict[str, ExportedCredit] = field(default_factory=dict)
    overall: list[_Answers] = field(default_factory=list)
    claimed: Counter[str] = field(default_factory=Counter)
    sessions: dict[str, list[_Answers]] = field(default_factory=lambda: defaultdict(list))

    def add(self, claim: ExportedClaim) -> None:
        self.claims += 1
        for credit in claim.credits:
            before = self.credits.get(credit.credit_type)
            claimed = credit.claimed + (before.claimed if before else 0)
            self.credits[credit.credit_type] = replace(credit, claimed=claimed)
        self.claimed.update(line.session for line in claim.lines)
        by_session: dict[str, dict[str, Answer]] = defaultdict(dict)
        for answer in claim.answers:
            by_session[answer.session][answer.question] = answer.answer
        if overall := by_session.pop("", None):
            self.overall.append(overall)
        for session, answers in by_session.items():
            self.sessions[session].append(answers)


async def build(meeting: str, *, now: datetime) -> EvaluationsReport:
    """The report as of `now` (aware). Drafts are left out, because they may change.

    Raises MeetingNotFound.
    """

    def count(db: Session) -> tuple[Programme, _Accumulator]:
        row = programme_cache.meeting_by_code(db, meeting)
        programme = programme_cache.get_in(db, cast(int, row.id), row.version)
        counted = _Accumulator()
        for claim in export.iter_claims_in(db, programme):
            if claim.version is not None:
                counted.add(claim)
        return programme, counted

    programme, counted = await read(count, timeout=export.TIMEOUT)
    return EvaluationsReport(
        meeting=programme.meeting,
        as_of=now,
        claims=counted.claims,
        hours_of_instruction=programme.hours_of_instruction,
        most_for_one=programme.most_for_one,
        credits=tuple(counted.credits.values()),
        overall=count_form_answers(programme.meeting.overall_form, counted.overall),
        sessions=_sessions(programme, counted),
    )


def _sessions(programme: Programme, counted: _Accumulator) -> tuple[SessionEvaluations, ...]:
    form = programme.meeting.session_form
    claimed = (each for each in programme.sessions.values() if counted.claimed[each.code])
    return tuple(
        SessionEvaluations(
            session=session.code,
            title=session.title,
            starts_at=session.starts_at,
            credit=session.credit,
            claimed=counted.claimed[session.code],
            evaluated=len(counted.sessions[session.code]),
            questions=count_form_answers(form, counted.sessions[session.code]),
        )
        for session in sorted(claimed, key=lambda each: (each.starts_at, each.title, each.code))
    )
