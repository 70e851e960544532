"""What ACCME's PARS holds of a meeting's learners, and the rows that bring it to what it should.

A record in PARS cannot be edited. What changes is deleted, by a row that repeats
the one that added it word for word, and added anew.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from cme_reflex.domain.credit.quarters import Quarters, format_hours
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.reporting.learner import Learner

PATIENT_SAFETY = "Patient Safety"
REPORT_WITHIN = timedelta(days=30)  # of completion, ACCME asks

_ACTIVITY_ID = re.compile(r"[0-9]{9}")


class RecordAction(StrEnum):
    """What a row asks PARS to do with a record."""

    ADD = "Add"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsRecord:
    """One learner's credit as PARS holds it: texts, in the order of the file's columns.

    Dates are MM/DD/YYYY, the birthday MM/DD, credit in hours such as 8.50. What
    does not apply is empty.
    """

    activity_id: str
    completion_date: str
    first_name: str
    last_name: str
    birthday: str
    state: str
    licence_or_npi: str
    credits: str
    board: str = ""
    board_id: str = ""
    board_credits: str = ""
    credit_type: str = ""
    credits_of_type: str = ""
    additional_type: str = ""


@dataclass(frozen=True, slots=True)
class ParsRow:
    """One row of the file."""

    action: RecordAction
    record: ParsRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportableVersion:
    """A submitted version of a claim, as far as PARS is concerned.

    `submitted_at` is aware, credit in quarter hours; `lines` is all that was
    claimed: equal lines and credit are an unchanged resubmission.
    """

    submitted_at: datetime
    category1: Quarters
    safety: Quarters
    on_demand: bool
    lines: tuple[object, ...] = ()

    def claims_same_as(self, other: "ReportableVersion") -> bool:
        """Whether both claim the same, whenever they were submitted."""
        mine, theirs = (
            (each.category1, each.safety, each.on_demand, each.lines) for each in (self, other)
        )
        return mine == theirs


def is_activity_id(text: str) -> bool:
    """Whether the text has the nine digits that PARS gives to an activity."""
    return _ACTIVITY_ID.fullmatch(text) is not None


def build_record(
    meeting: Meeting, learner: Learner, versions: Sequence[ReportableVersion]
) -> ParsRecord:
    """What PARS should hold of a learner who submitted these versions, the oldest first.

    The NPI stands before the licence where both are given, because its check
    digit has been verified. Without a board nothing is said of boards; Patient
    Safety is a credit type of the boards, of which the total is Category 1.
    """
    newest = versions[-1]
    plain = ParsRecord(
        activity_id=meeting.reporting.pars_activity_id,
        completion_date=f"{completion_date(meeting, versions):%m/%d/%Y}",
        first_name=learner.first_name,
        last_name=learner.last_name,
        birthday=f"{learner.birth_month:02}/{learner.birth_day:02}",
        state=learner.state,
        licence_or_npi=learner.npi or learner.licence_id,
        credits=format_hours(newest.category1),
    )
    if not learner.board:
        return plain
    return replace(
        plain,
        board=learner.board,
        board_id=learner.board_id,
        board_credits=plain.credits,
        credit_type=PATIENT_SAFETY if newest.safety else "",
        credits_of_type=format_hours(newest.safety) if newest.safety else "",
    )


def completion_date(meeting: Meeting, versions: Sequence[ReportableVersion]) -> date:
    """The day of completion: the meeting's last, or that of submitting, if later and on demand.

    To submit the same again changes nothing, so the first of the equal versions
    at the end counts; a day is one of the meeting's clocks.
    """
    newest = versions[-1]
    if not newest.on_demand:
        return meeting.ends_on
    *_, first = takewhile(newest.claims_same_as, reversed(versions))
    return max(meeting.ends_on, first.submitted_at.astimezone(meeting.zone).date())


def current_records(rows: Iterable[ParsRow]) -> tuple[ParsRecord, ...]:
    """What PARS holds of one learner after the rows that it did not reject, in their order."""
    records: dict[ParsRecord, None] = {}
    for row in rows:
        if row.action is RecordAction.ADD:
            records.setdefault(row.record)
        else:
            records.pop(row.record, None)
    return tuple(records)


def diff(holds: Sequence[ParsRecord], should: ParsRecord | None) -> tuple[ParsRow, ...]:
    """The rows after which PARS holds of a learner what it should, and nothing else."""
    deleted = tuple(ParsRow(RecordAction.DELETE, each) for each in holds if each != should)
    if should is None or should in holds:
        return deleted
    return (*deleted, ParsRow(RecordAction.ADD, should))


def row_key(row: ParsRow) -> tuple[str, ...]:
    """What two rows have in common that are one row to a person.

    Spreadsheet programs drop leading zeros, and PARS tells names in its own case.
    """
    return (row.action, *(text.lstrip("0").casefold() for text in astuple(row.record)))


def report_due(meeting: Meeting) -> date:
    """The day by which ACCME asks for the report of who completed on the last day."""
    return meeting.ends_on + REPORT_WITHIN


def year_closes(meeting: Meeting) -> date:
    """The day on which PARS closes the meeting's year."""
    return date(meeting.ends_on.year + 1, 3, 31)
