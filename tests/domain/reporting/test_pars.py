"""What PARS should hold of a learner, and the rows that bring it there."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cme_reflex.domain.credit.credit_type import Amounts, Receiver
from cme_reflex.domain.reporting.learner import Learner
from cme_reflex.domain.reporting.pars import (
    ParsRecord,
    ParsRow,
    RecordAction,
    ReportableVersion,
    build_record,
    completion_date,
    current_records,
    diff,
    is_activity_id,
    pars_credit_type,
    report_due,
    row_key,
    year_closes,
)
from tests.support.values.credit_values import amounts, credit_type
from tests.support.values.meeting_values import CATEGORY1, MEETING, SAFETY

LEARNER = Learner(
    first_name="Elena",
    last_name="Rivera",
    birth_month=2,
    birth_day=9,
    state="New York",
    licence_id="007",
)
LIVE = ReportableVersion(
    submitted_at=datetime(2024, 11, 1, 12, tzinfo=UTC),
    totals=amounts(category1=34, safety=5),
    on_demand=False,
)
RECORD = ParsRecord(
    activity_id="202412345",
    completion_date="09/29/2024",
    first_name="Elena",
    last_name="Rivera",
    birthday="02/09",
    state="New York",
    licence_or_npi="007",
    credits="8.50",
)


def on_demand(day: int, month: int = 11, **change: object) -> ReportableVersion:
    """A version with a recording in it, submitted on a day of 2024 at noon in Greenwich."""
    at = datetime(2024, month, day, 12, tzinfo=UTC)
    return replace(LIVE, on_demand=True, submitted_at=at, **change)


def test_a_record_has_the_learners_data_and_credit() -> None:
    assert build_record(MEETING, LEARNER, [LIVE]) == RECORD


def test_a_board_gets_the_total_and_the_part_that_is_patient_safety() -> None:
    learner = replace(LEARNER, npi="1234567893", board="ABS", board_id="98")
    assert build_record(MEETING, learner, [LIVE]) == replace(
        RECORD,
        licence_or_npi="1234567893",
        board="ABS",
        board_id="98",
        board_credits="8.50",
        credit_type="Patient Safety",
        credits_of_type="1.25",
    )
    none = build_record(MEETING, learner, [replace(LIVE, totals=amounts(category1=34, safety=0))])
    assert none is not None
    assert (none.board_credits, none.credit_type, none.credits_of_type) == ("8.50", "", "")


REPORTED, NOT_REPORTED = {"reported_to": Receiver.PARS}, {"reported_to": Receiver.NONE}


def test_the_type_that_is_reported_to_pars_is_the_one_that_says_so() -> None:
    nursing, broker = credit_type("ancc"), credit_type("rn", reported_to=Receiver.CE_BROKER)
    ethics = credit_type("ethics", part_of="category1")
    opioid = credit_type("opioid", label="Opioid", part_of="category1", **REPORTED)
    types = (nursing, broker, CATEGORY1, ethics, SAFETY, opioid)
    meeting, learner = replace(MEETING, credit_types=types), replace(LEARNER, board="ABS")
    assert pars_credit_type(meeting.credit) == CATEGORY1
    totals = amounts(ancc=8, rn=8, category1=34, ethics=2)
    records = [
        build_record(meeting, learner, [replace(LIVE, totals={**totals, **more})])
        for more in ({}, amounts(safety=5, opioid=3), amounts(opioid=3), amounts(safety=0))
    ]
    assert [
        record
        and (record.credits, record.board_credits, record.credit_type, record.credits_of_type)
        for record in records
    ] == [
        ("8.50", "8.50", "", ""),
        ("8.50", "8.50", "Patient Safety", "1.25"),
        ("8.50", "8.50", "Opioid", "0.75"),
        ("8.50", "8.50", "", ""),
    ]


@pytest.mark.parametrize("totals", [{}, amounts(ancc=8), amounts(category1=0)])
def test_without_credit_of_that_type_nothing_is_reported(totals: Amounts) -> None:
    assert build_record(MEETING, LEARNER, [replace(LIVE, totals=totals)]) is None
    unreported = replace(MEETING, credit_types=(replace(CATEGORY1, **NOT_REPORTED), SAFETY))
    assert build_record(unreported, LEARNER, [LIVE]) is None
    assert pars_credit_type(unreported.credit) is None


def test_a_board_id_without_a_board_is_not_reported() -> None:
    assert build_record(MEETING, replace(LEARNER, board_id="98"), [LIVE]) == RECORD


@pytest.mark.parametrize(
    ("versions", "day"),
    [
        ([LIVE], date(2024, 9, 29)),
        ([on_demand(28, month=9)], date(2024, 9, 29)),
        ([on_demand(30, month=9)], date(2024, 9, 30)),
        ([on_demand(4)], date(2024, 11, 4)),
        ([LIVE, on_demand(4)], date(2024, 11, 4)),
        ([on_demand(4), LIVE], date(2024, 9, 29)),
        ([on_demand(4), on_demand(9), on_demand(11)], date(2024, 11, 4)),
        ([on_demand(4), on_demand(9, totals=amounts(category1=4, safety=5))], date(2024, 11, 9)),
        ([on_demand(4), on_demand(9, lines=(("D", 4, 0, True),))], date(2024, 11, 9)),
        (
            [on_demand(4), on_demand(9, totals=amounts(category1=34)), on_demand(11)],
            date(2024, 11, 11),
        ),
    ],
)
def test_completion_is_the_last_day_or_that_of_submitting_something_new_on_demand(
    versions: list[ReportableVersion], day: date
) -> None:
    assert completion_date(MEETING, versions) == day


def test_the_day_of_submitting_is_one_of_the_meetings_clocks() -> None:
    evening = replace(on_demand(4), submitted_at=datetime(2024, 11, 5, 7, 30, tzinfo=UTC))
    assert completion_date(MEETING, [evening]) == date(2024, 11, 4)


def test_a_changed_record_is_deleted_word_for_word_and_added_again() -> None:
    changed = replace(RECORD, state="Ohio")
    assert diff([RECORD], changed) == (
        ParsRow(RecordAction.DELETE, RECORD),
        ParsRow(RecordAction.ADD, changed),
    )


@pytest.mark.parametrize(
    ("holds", "should", "rows"),
    [
        ([], None, ()),
        ([], RECORD, (ParsRow(RecordAction.ADD, RECORD),)),
        ([RECORD], RECORD, ()),
        ([RECORD], None, (ParsRow(RecordAction.DELETE, RECORD),)),
    ],
)
def test_a_new_record_is_added_and_a_withdrawn_one_deleted(
    holds: list[ParsRecord], should: ParsRecord | None, rows: tuple[ParsRow, ...]
) -> None:
    assert diff(holds, should) == rows


def test_a_delete_that_was_rejected_is_asked_for_again() -> None:
    changed = replace(RECORD, credits="2.00")
    both = current_records([ParsRow(RecordAction.ADD, RECORD), ParsRow(RecordAction.ADD, changed)])
    assert diff(both, changed) == (ParsRow(RecordAction.DELETE, RECORD),)


def test_deleting_a_record_that_pars_does_not_have_changes_nothing() -> None:
    assert current_records(
        [ParsRow(RecordAction.DELETE, RECORD), ParsRow(RecordAction.ADD, RECORD)]
    ) == (RECORD,)
    assert (
        current_records([ParsRow(RecordAction.ADD, RECORD), ParsRow(RecordAction.DELETE, RECORD)])
        == ()
    )


records = st.sampled_from([replace(RECORD, state=state) for state in ("Ohio", "Iowa", "Utah")])
rows = st.lists(st.builds(ParsRow, st.sampled_from(RecordAction), records), max_size=8)


@given(rows, st.none() | records)
def test_the_changes_lead_to_the_expected_record_and_no_further_changes(
    before: list[ParsRow], should: ParsRecord | None
) -> None:
    after = current_records([*before, *diff(current_records(before), should)])
    assert after == (() if should is None else (should,))
    assert diff(after, should) == ()


def test_a_spreadsheet_may_lose_leading_zeros_and_case() -> None:
    lost = ParsRow(RecordAction.ADD, replace(RECORD, licence_or_npi="7", last_name="RIVERA"))
    assert row_key(lost) == row_key(ParsRow(RecordAction.ADD, RECORD))
    assert row_key(lost) != row_key(ParsRow(RecordAction.DELETE, RECORD))
    assert row_key(lost) != row_key(ParsRow(RecordAction.ADD, replace(RECORD, credits="8.25")))


def test_a_name_that_lost_a_letter_is_another_row() -> None:
    xu, upper, u = (
        ParsRow(RecordAction.ADD, replace(RECORD, last_name=name)) for name in ("Xu", "XU", "U")
    )
    assert row_key(xu) == row_key(upper) != row_key(u)


@pytest.mark.parametrize("text", ["", "20241234", "2024123456", "20241234x", "２０２４１２３４５"])
def test_an_activity_id_has_nine_digits(text: str) -> None:
    assert is_activity_id("202412345")
    assert not is_activity_id(text)


def test_the_report_is_due_after_thirty_days_and_the_year_closes_in_march() -> None:
    assert (report_due(MEETING), year_closes(MEETING)) == (date(2024, 10, 29), date(2025, 3, 31))
