"""The evaluation report: counts without names."""

from dataclasses import replace
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.formats.meeting_folder.records import MeetingFolder
from cme_reflex.formats.reports.claims_export import with_credit
from cme_reflex.formats.reports.evaluations_report import (
    COMMENTS,
    FILES,
    PAGE_FILE,
    QUESTIONS,
    SESSIONS,
    SHEETS,
    write_page,
    write_tables,
)
from cme_reflex.services.claims import claim, claim_lines, submission
from cme_reflex.services.evaluations import evaluation_answers, evaluation_report
from cme_reflex.services.programme.programme_cache import MeetingNotFound
from cme_reflex.services.sign_in.request_context import RequestContext
from tests.support.attendees import SignIn, submit_attested
from tests.support.files.written_tables import read_csv, read_xlsx, record
from tests.support.meetings import FOLDER, MEETING, attendee

PEOPLE = tuple(attendee(f"ZQ{number}", "Smith") for number in range(4))
CODES = [each.code for each in MEETING.credit]
HOSTILE = '=HYPERLINK("x")<script>alert(1)</script>'


@pytest.fixture
def folder() -> MeetingFolder:
    return replace(FOLDER, attendees=(*FOLDER.attendees, *PEOPLE))


async def submit(context: RequestContext, *, now: datetime) -> None:
    """Answer the required questions, claim half an hour and submit."""
    await evaluation_answers.answer_overall(context, "bias", True, now=now)
    await submission.choose_total(context, "category1", Amount(2), now=now)
    summary = await submission.choose_total(context, "safety", Amount(1), now=now)
    await submit_attested(context, summary.claim.revision, now=now)


@pytest.fixture
async def answered(sign_in_as: SignIn, now: datetime) -> None:
    """Three submitted claims of session A, one of them with B, and a draft."""
    for at, person in enumerate(PEOPLE):
        context = await sign_in_as(person.badge, "Smith")
        ids = {session.code: session.id for session in context.programme.sessions.values()}
        await claim_lines.add_session(context, ids["A"], now=now)
        await evaluation_answers.answer_session(context, ids["A"], "objectives", 5 - at, now=now)
        await evaluation_answers.answer_session(context, ids["A"], "comment", HOSTILE, now=now)
        if at == 0:
            await claim_lines.add_session(context, ids["B"], now=now)
            await evaluation_answers.answer_session(context, ids["B"], "objectives", 1, now=now)
        if at < 3:
            await submit(context, now=now)
        assert (await claim.load_summary(context, now=now)).claim.lines


async def test_submitted_claims_are_counted_and_drafts_are_not(
    answered: None, now: datetime
) -> None:
    report = await evaluation_report.build(MEETING.code, now=now)
    assert (report.claims, [(each.credit_type, each.claimed) for each in report.credits]) == (
        3,
        [("category1", Decimal("1.50")), ("safety", Decimal("0.75"))],
    )
    # A, B and C at once and after each other from 8:00 to 11:45, and D on demand.
    assert (report.hours_of_instruction, report.most_for_one) == (28, 15 + 8)
    assert [(each.session, each.claimed, each.evaluated) for each in report.sessions] == [
        ("A", 3, 3),
        ("B", 1, 1),
    ]
    objectives, comments = report.sessions[0].questions
    assert objectives.by_choice == {"1": 0, "2": 0, "3": 1, "4": 1, "5": 1}
    assert comments.texts == (HOSTILE,) * 3
    bias, change = report.overall
    assert (bias.by_choice, change.answered) == ({"Yes": 3, "No": 0}, 0)


async def test_one_persons_answers_are_not_shown(answered: None, now: datetime) -> None:
    report = await evaluation_report.build(MEETING.code, now=now)
    objectives, _ = report.sessions[1].questions
    assert (objectives.answered, objectives.by_choice, objectives.mean) == (1, {}, None)


async def test_tables_say_the_same_as_csv_and_as_workbook(
    answered: None, now: datetime, tmp_path: Path
) -> None:
    report = await evaluation_report.build(MEETING.code, now=now)
    write_tables(report, tmp_path)
    assert all((tmp_path / name).stat().st_size for name in FILES)
    for each in SHEETS:
        sheet = with_credit(SESSIONS, CODES) if each is SESSIONS else each
        rows = list(read_csv(tmp_path / f"evaluations-{sheet.name}.csv", sheet))
        assert rows == list(read_xlsx(tmp_path / "evaluations.xlsx", sheet))
    assert [
        row[:2]
        for row in read_csv(tmp_path / "evaluations-sessions.csv", with_credit(SESSIONS, CODES))
    ] == [
        ("A", "Session A"),
        ("B", "Session B"),
    ]
    assert (
        list(read_csv(tmp_path / "evaluations-comments.csv", COMMENTS))
        == [("A", "comment", HOSTILE)] * 3
    )
    questions = [
        record(QUESTIONS, row) for row in read_xlsx(tmp_path / "evaluations.xlsx", QUESTIONS)
    ]
    means = {(row["session"], row["question"]): row["mean"] for row in questions}
    assert means["A", "objectives"] == 4
    assert means["B", "objectives"] is None


async def test_nobody_is_named_and_no_answer_is_markup(
    answered: None, now: datetime, tmp_path: Path
) -> None:
    report = await evaluation_report.build(MEETING.code, now=now)
    write_tables(report, tmp_path)
    write_page(report, tmp_path)
    page = (tmp_path / PAGE_FILE).read_text("utf-8")
    assert "&lt;script&gt;" in page
    assert "<script" not in page
    tables = ((tmp_path / name).read_text("utf-8-sig") for name in FILES if name.endswith(".csv"))
    for text in (page, *tables):
        assert not [person.badge for person in PEOPLE if person.badge in text]
        assert "Smith" not in text


async def test_a_meeting_that_was_never_loaded_has_no_report(loaded: object, now: datetime) -> None:
    with pytest.raises(MeetingNotFound):
        await evaluation_report.build("other", now=now)


async def test_without_a_claim_the_report_is_empty_and_readable(
    loaded: object, now: datetime, tmp_path: Path
) -> None:
    write_page(await evaluation_report.build(MEETING.code, now=now), tmp_path)
    assert "No session has been claimed yet." in (tmp_path / PAGE_FILE).read_text("utf-8")
