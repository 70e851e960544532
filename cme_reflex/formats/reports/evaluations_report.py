"""Anonymous report of a meeting's evaluations as CSV tables, workbook and HTML page."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from cme_reflex import text
from cme_reflex.domain.credit.credit_type import Amount, Amounts, CreditType
from cme_reflex.domain.evaluations.form import QuestionKind
from cme_reflex.domain.evaluations.survey_counts import (
    COMMERCIAL_BIAS,
    MIN_RESPONDENTS,
    OUTCOMES,
    QuestionCounts,
)
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.formats.reports.claims_export import ExportedCredit, with_credit
from cme_reflex.formats.tables.sheets import Cell, Column, ColumnType, CsvWriter, Sheet, XlsxWriter
from cme_reflex.formats.template_engine import environment

SUMMARY = Sheet("summary", (Column("figure", width=48), Column("value", width=28)))
SESSIONS = Sheet(
    "sessions",
    (
        Column("session"),
        Column("title", width=60),
        Column("starts_at", ColumnType.INSTANT, 26),
        Column("claimed", ColumnType.NUMBER),
        Column("evaluated", ColumnType.NUMBER),
    ),
)
QUESTIONS = Sheet(
    "questions",
    (
        Column("session"),
        Column("question", width=24),
        Column("text", width=60),
        Column("tags", width=32),
        Column("answered", ColumnType.NUMBER, 10),
        Column("mean", ColumnType.DECIMAL, 8),
        Column("median", ColumnType.DECIMAL, 8),
        Column("choice", width=40),
        Column("times", ColumnType.NUMBER, 8),
    ),
)
COMMENTS = Sheet(
    "comments", (Column("session"), Column("question", width=24), Column("comment", width=100))
)
SHEETS = (SUMMARY, SESSIONS, QUESTIONS, COMMENTS)

FILES = (*(f"evaluations-{sheet.name}.csv" for sheet in SHEETS), "evaluations.xlsx")
PAGE_FILE = "evaluations.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionEvaluations:
    """A claimed session: the number of claims and evaluations, and the counts of the answers."""

    session: str
    title: str
    starts_at: datetime
    credit: Amounts
    claimed: int
    evaluated: int
    questions: tuple[QuestionCounts, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationsReport:
    """The whole report. `claims` is the number of claims included; instants are aware UTC.

    `hours_of_instruction` and `most_for_one` are of the first primary credit type, and `credits`
    are the sums that all claims claim.
    """

    meeting: Meeting
    as_of: datetime
    claims: int
    hours_of_instruction: Amount
    most_for_one: Amount
    credits: tuple[ExportedCredit, ...]
    overall: tuple[QuestionCounts, ...]
    sessions: tuple[SessionEvaluations, ...]

    def outcomes(self) -> Iterator[tuple[str, tuple[QuestionCounts, ...]]]:
        """The outcomes that this meeting's overall evaluation measures, and commercial bias."""
        for tag in (*OUTCOMES, COMMERCIAL_BIAS):
            if counts := tuple(count for count in self.overall if tag in count.question.tags):
                yield tag, counts


def write_tables(report: EvaluationsReport, folder: Path) -> None:
    """Write the tables as CSV files and as a workbook to an existing folder."""
    codes = [each.code for each in report.meeting.credit]
    sheets = (SUMMARY, with_credit(SESSIONS, codes), QUESTIONS, COMMENTS)
    files: tuple[CsvWriter | XlsxWriter, ...] = (
        CsvWriter(folder, sheets, prefix="evaluations-"),
        XlsxWriter(folder / "evaluations.xlsx", sheets),
    )
    for target in files:
        for sheet, row in _rows(report):
            target.add(sheet.name, row)
        target.close()


def write_page(report: EvaluationsReport, folder: Path) -> None:
    """Write the HTML page: one file without scripts or external resources."""
    (folder / PAGE_FILE).write_text(_render_page(report), "utf-8")


def _rows(report: EvaluationsReport) -> Iterator[tuple[Sheet, tuple[Cell, ...]]]:
    for row in _figures(report):
        yield SUMMARY, row
    for session in report.sessions:
        credit = [_shown(each, session.credit) for each in report.meeting.credit]
        yield SESSIONS, (*SESSIONS.row(session), *credit)
    for code, counts in _question_counts(report):
        yield from ((QUESTIONS, row) for row in _question_rows(code, counts))
        yield from ((COMMENTS, (code, counts.question.key, text)) for text in counts.texts)


def _figures(report: EvaluationsReport) -> tuple[tuple[str, str], ...]:
    zone, primary = report.meeting.zone, report.meeting.credit.primaries[0]
    return (
        ("Meeting", report.meeting.name),
        ("As of", text.dates.instant(report.as_of, zone)),
        ("Submitted claims", str(report.claims)),
        ("Hours of instruction (ACCME)", primary.format(report.hours_of_instruction)),
        ("Maximum for one person, in hours", primary.format(report.most_for_one)),
        *((_claimed_by_all(each), str(each.claimed)) for each in report.credits),
    )


def _claimed_by_all(credit: ExportedCredit) -> str:
    return f"Of which {credit.label}" if credit.part_of else f"{credit.label} claimed by all"


def _shown(credit_type: CreditType, amounts: Amounts) -> Decimal | None:
    amount = amounts.get(credit_type.code)
    return None if amount is None else credit_type.number(amount)


def _credit_text(report: EvaluationsReport, session: SessionEvaluations) -> str:
    """A session's credit by type, as text."""
    return ", ".join(
        f"{each.format(session.credit[each.code])} {each.label}"
        for each in report.meeting.credit
        if each.code in session.credit
    )


def _question_counts(report: EvaluationsReport) -> Iterator[tuple[str, QuestionCounts]]:
    yield from (("", counts) for counts in report.overall)
    for session in report.sessions:
        yield from ((session.session, counts) for counts in session.questions)


def _question_rows(code: str, counts: QuestionCounts) -> Iterator[tuple[Cell, ...]]:
    question = counts.question
    cells = (code, question.key, question.text, "; ".join(question.tags), counts.answered)
    figures = (_two_places(counts.mean), _two_places(counts.median))
    if not counts.by_choice:
        yield (*cells, *figures, "", None)
    for choice, times in counts.by_choice.items():
        yield (*cells, *figures, choice, times)


def _two_places(value: Fraction | None) -> Decimal | None:
    if value is None:
        return None
    return Decimal(round(value * 100)).scaleb(-2)


def _render_page(report: EvaluationsReport) -> str:
    zone = report.meeting.zone
    return (
        environment("cme_reflex.formats.reports")
        .get_template("evaluations.html")
        .render(
            report=report,
            figures=_figures(report)[2:],
            as_of=text.dates.instant(report.as_of, zone),
            least=MIN_RESPONDENTS,
            scale=QuestionKind.SCALE,
            two_places=_two_places,
            credit=lambda session: _credit_text(report, session),
            day=lambda session: text.dates.day(session.starts_at.astimezone(zone).date()),
        )
    )
