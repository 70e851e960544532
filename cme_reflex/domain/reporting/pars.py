"""Records of learners in ACCME's PARS, and the rows of a file that updates them.

A record in PARS cannot be edited. To change one, a Delete row repeats its Add row
word for word, and another Add row follows.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import astuple, dataclass, field, replace
from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import takewhile

from cme_reflex.domain.credit.credit_type import Amounts, CreditType, CreditTypes, Receiver
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.reporting.learner import Learner

REPORT_WITHIN = timedelta(days=30)  # after completion, as ACCME requires

_ACTIVITY_ID = re.compile(r"[0-9]{9}")


class RecordAction(StrEnum):
    """The action of a row on its record."""

    ADD = "Add"
    DELETE = "Delete"


@dataclass(frozen=True, slots=True, kw_only=True)
class ParsRecord:
    """One learner's credit in PARS, as texts in the order of the file's columns.

    Dates are MM/DD/YYYY, the birthday is MM/DD, credit is in hours such as 8.50.
    Fields that do not apply are empty.
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
    """One row of the PARS file."""

    action: RecordAction
    record: ParsRecord


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportableVersion:
    """The parts of a submitted version that matter to PARS.

    `submitted_at` is aware, `totals` are what is claimed. `lines` are the lines of the
    claim: a resubmission with equal lines and credit is unchanged.
    """

    submitted_at: datetime
    totals: Amounts = field(hash=False)
    on_demand: bool
    lines: tuple[object, ...] = ()

    def claims_same_as(self, other: "ReportableVersion") -> bool:
        """Whether both versions claim the same, regardless of when they were submitted."""
        return replace(self, submitted_at=other.submitted_at) == other


def is_activity_id(text: str) -> bool:
    """Whether the text is a PARS activity ID, which has nine digits."""
    return _ACTIVITY_ID.fullmatch(text) is not None


def pars_credit_type(types: CreditTypes) -> CreditType | None:
    """The primary type that is reported to PARS; None if the meeting reports none."""
    return next((each for each in types.primaries if each.reported_to is Receiver.PARS), None)


def build_record(
    meeting: Meeting, learner: Learner, versions: Sequence[ReportableVersion]
) -> ParsRecord | None:
    """The PARS record of a learner who submitted these versions, sorted oldest first.

    None if the newest claims no credit that is reported to PARS. The NPI takes precedence over
    the license ID, because its check digit has been verified. Without a board all board fields
    are empty. The boards' total is that of the primary type. Their credit type is the first
    subset claimed that is reported to PARS, whose label is PARS's word, such as Patient Safety.
    """
    newest = versions[-1]
    primary = pars_credit_type(meeting.credit)
    if primary is None or not newest.totals.get(primary.code):
        return None
    record = ParsRecord(
        activity_id=meeting.reporting.pars_activity_id,
        completion_date=f"{completion_date(meeting, versions):%m/%d/%Y}",
        first_name=learner.first_name,
        last_name=learner.last_name,
        birthday=f"{learner.birth_month:02}/{learner.birth_day:02}",
        state=learner.state,
        licence_or_npi=learner.npi or learner.licence_id,
        credits=primary.format(newest.totals[primary.code]),
    )
    if not learner.board:
        return record
    subset = next(
        (
            each
            for each in meeting.credit.subsets_of(primary.code)
            if each.reported_to is Receiver.PARS and newest.totals.get(each.code)
        ),
        None,
    )
    return replace(
        record,
        board=learner.board,
        board_id=learner.board_id,
        board_credits=record.credits,
        credit_type=subset.label if subset else "",
        credits_of_type=subset.format(newest.totals[subset.code]) if subset else "",
    )


def completion_date(meeting: Meeting, versions: Sequence[ReportableVersion]) -> date:
    """The date of completion, in the meeting's time zone.

    It is the meeting's last day, or the day of submission if that is later and a
    session was watched on demand. An unchanged resubmission does not change it,
    so the first of the last equal versions counts.
    """
    newest = versions[-1]
    if not newest.on_demand:
        return meeting.ends_on
    *_, first = takewhile(newest.claims_same_as, reversed(versions))
    return max(meeting.ends_on, first.submitted_at.astimezone(meeting.zone).date())


def current_records(rows: Iterable[ParsRow]) -> tuple[ParsRecord, ...]:
    """One learner's records in PARS after the accepted rows, in the order of the rows."""
    records: dict[ParsRecord, None] = {}
    for row in rows:
        if row.action is RecordAction.ADD:
            records.setdefault(row.record)
        else:
            records.pop(row.record, None)
    return tuple(records)


def diff(current: Sequence[ParsRecord], expected: ParsRecord | None) -> tuple[ParsRow, ...]:
    """The rows that change a learner's current records in PARS to the expected one, or to none."""
    deleted = tuple(
        ParsRow(RecordAction.DELETE, record) for record in current if record != expected
    )
    if expected is None or expected in current:
        return deleted
    return (*deleted, ParsRow(RecordAction.ADD, expected))


def row_key(row: ParsRow) -> tuple[str, ...]:
    """Key for matching a row after processing by other programs.

    Spreadsheet programs drop leading zeros, and PARS changes the case of names.
    """
    return (row.action, *(text.lstrip("0").casefold() for text in astuple(row.record)))


def report_due(meeting: Meeting) -> date:
    """ACCME's due date for reporting learners who completed on the meeting's last day."""
    return meeting.ends_on + REPORT_WITHIN


def year_closes(meeting: Meeting) -> date:
    """The day on which PARS closes the year in which the meeting ended."""
    return date(meeting.ends_on.year + 1, 3, 31)
