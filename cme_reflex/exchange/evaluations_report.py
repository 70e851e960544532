"""What a meeting's evaluations say, without names: tables, a workbook and a page to read."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

from cme_reflex import words
from cme_reflex.domain.credit import Quarters, hours
from cme_reflex.domain.evaluation import QuestionKind
from cme_reflex.domain.meeting import Meeting
from cme_reflex.domain.tally import COMMERCIAL_BIAS, LEAST, OUTCOMES, Tally
from cme_reflex.exchange.sheets import Cell, Column, CsvFiles, Kind, Sheet, XlsxFile
from cme_reflex.exchange.template_engine import environment

SUMMARY = Sheet("summary", (Column("figure", width=48), Column("value", width=28)))
SESSIONS = Sheet(
    "sessions",
    (
        Column("session"),
        Column("title", width=60),
        Column("starts_at", Kind.INSTANT, 26),
        Column("category1_hours", Kind.HOURS, 16, "category1"),
        Column("claimed", Kind.NUMBER),
        Column("evaluated", Kind.NUMBER),
    ),
)
QUESTIONS = Sheet(
    "questions",
    (
        Column("session"),
        Column("question", width=24),
        Column("text", width=60),
        Column("tags", width=32),
        Column("answered", Kind.NUMBER, 10),
        Column("mean", Kind.DECIMAL, 8),
        Column("median", Kind.DECIMAL, 8),
        Column("choice", width=40),
        Column("times", Kind.NUMBER, 8),
    ),
)
COMMENTS = Sheet(
    "comments", (Column("session"), Column("question", width=24), Column("comment", width=100))
)
SHEETS = (SUMMARY, SESSIONS, QUESTIONS, COMMENTS)

FILES = (*(f"evaluations-{sheet.name}.csv" for sheet in SHEETS), "evaluations.xlsx")
PAGE = "evaluations.html"


@dataclass(frozen=True, slots=True, kw_only=True)
class SessionReport:
    """A session that somebody claimed: how many did, how many of them evaluated it, and how."""

    session: str
    title: str
    starts_at: datetime
    category1: Quarters
    claimed: int
    evaluated: int
    tallies: tuple[Tally, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class EvaluationsReport:
    """All of it. `claims` counts those whose answers are in it; instants are aware UTC."""

    meeting: Meeting
    as_of: datetime
    claims: int
    hours_of_instruction: Quarters
    most_for_one: Quarters
    category1_claimed: Quarters
    safety_claimed: Quarters
    overall: tuple[Tally, ...]
    sessions: tuple[SessionReport, ...]

    def outcomes(self) -> Iterator[tuple[str, tuple[Tally, ...]]]:
        """The outcomes that this meeting's overall evaluation measures, and commercial bias."""
        for tag in (*OUTCOMES, COMMERCIAL_BIAS):
            if measuring := tuple(each for each in self.overall if tag in each.question.tags):
                yield tag, measuring


def write_tables(report: EvaluationsReport, folder: Path) -> None:
    """Write the tables as CSV files and as a workbook into a folder that is there."""
    files: tuple[CsvFiles | XlsxFile, ...] = (
        CsvFiles(folder, SHEETS, prefix="evaluations-"),
        XlsxFile(folder / "evaluations.xlsx", SHEETS),
    )
    for target in files:
        for sheet, row in _rows(report):
            target.add(sheet.name, row)
        target.close()


def write_page(report: EvaluationsReport, folder: Path) -> None:
    """Write the page: one file, no script, nothing from elsewhere."""
    (folder / PAGE).write_text(_page(report), "utf-8")


def _rows(report: EvaluationsReport) -> Iterator[tuple[Sheet, tuple[Cell, ...]]]:
    for row in _figures(report):
        yield SUMMARY, row
    for session in report.sessions:
        yield SESSIONS, SESSIONS.row(session)
    for code, tally in _tallies(report):
        yield from ((QUESTIONS, row) for row in _question_rows(code, tally))
        yield from ((COMMENTS, (code, tally.question.key, text)) for text in tally.texts)


def _figures(report: EvaluationsReport) -> tuple[tuple[str, str], ...]:
    zone = report.meeting.zone
    return (
        ("Meeting", report.meeting.name),
        ("As of", words.dates.instant(report.as_of, zone)),
        ("Submitted claims", str(report.claims)),
        ("Hours of instruction (ACCME)", hours(report.hours_of_instruction)),
        ("Most that one person could claim, in hours", hours(report.most_for_one)),
        ("Category 1 hours claimed by all", hours(report.category1_claimed)),
        ("Of which Patient Safety", hours(report.safety_claimed)),
    )


def _tallies(report: EvaluationsReport) -> Iterator[tuple[str, Tally]]:
    yield from (("", tally) for tally in report.overall)
    for session in report.sessions:
        yield from ((session.session, tally) for tally in session.tallies)


def _question_rows(code: str, tally: Tally) -> Iterator[tuple[Cell, ...]]:
    question = tally.question
    about = (code, question.key, question.text, "; ".join(question.tags), tally.answered)
    figures = (_two_places(tally.mean), _two_places(tally.middle))
    if not tally.counts:
        yield (*about, *figures, "", None)
    for choice, times in tally.counts.items():
        yield (*about, *figures, choice, times)


def _two_places(value: Fraction | None) -> Decimal | None:
    if value is None:
        return None
    return Decimal(round(value * 100)).scaleb(-2)


def _page(report: EvaluationsReport) -> str:
    zone = report.meeting.zone
    return (
        environment()
        .get_template("evaluations.html")
        .render(
            report=report,
            figures=_figures(report)[2:],
            as_of=words.dates.instant(report.as_of, zone),
            least=LEAST,
            scale=QuestionKind.SCALE,
            two_places=_two_places,
            hours=hours,
            day=lambda session: words.dates.day(session.starts_at.astimezone(zone).date()),
        )
    )
