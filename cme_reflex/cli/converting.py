"""`cme programme convert`, and the same of attendees and members: files into our tables."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import typer

from cme_reflex.cli.exports import written_together
from cme_reflex.cli.faults import Fault
from cme_reflex.cli.output import answer
from cme_reflex.domain.text import fold
from cme_reflex.exchange import people_files
from cme_reflex.exchange.headed import Mapped
from cme_reflex.exchange.people_files import Filling, People
from cme_reflex.exchange.problems import Problem, did_you_mean
from cme_reflex.exchange.programmes.clock import known_zone
from cme_reflex.exchange.programmes.convert import convert
from cme_reflex.exchange.programmes.converted import Choices
from cme_reflex.exchange.programmes.summary import Summary, summary
from cme_reflex.exchange.programmes.writer import sessions_csv

WARNINGS_SHOWN = 20  # lines; `--json` has them all


@dataclass(frozen=True, slots=True)
class Written:
    """What came of a conversion; `file` is None where nothing was written."""

    rows: int
    file: Path | None
    summary: Summary | None
    warnings: Sequence[Problem]


def programme(  # each argument is an option of the command
    file: Path,
    choices: Choices,
    *,
    supplement: Path | None,
    sheet: str,
    out: Path | None,
    force: bool,
    summarize: bool,
    as_json: bool,
) -> None:
    """Convert a programme. Raises FaultyFolder or Fault, with nothing written."""
    converted = convert(file, choices, supplement=supplement, sheet=sheet)
    figures = summary(converted.sessions) if summarize else None
    text = "" if figures and out is None else sessions_csv(converted.sessions)
    written = Written(len(converted.sessions), out, figures, converted.warnings)
    _give(text, written, "sessions", force=force, as_json=as_json)


def people(
    kind: People, file: Path, filling: Filling, out: Path | None, *, force: bool, as_json: bool
) -> None:
    """Convert registrations or accounts. Raises FaultyFolder or Fault, with nothing written."""
    converted = people_files.convert(kind, file, filling)
    written = Written(converted.rows, out, None, converted.warnings)
    _give(converted.text, written, kind.name, force=force, as_json=as_json)


def choices_from(
    zone: str, *, eligible: Iterable[str], ineligible: Iterable[str], **others: object
) -> Choices:
    """The choices of the command line. Raises Fault for an unknown zone."""
    chosen = known_zone(zone) if zone else None
    if zone and chosen is None:
        remedy = "Write its name in the tz database, such as America/Los_Angeles."
        raise Fault(f"--zone: There is no time zone {zone!r}. {remedy}")
    return Choices(
        zone=chosen,
        eligible_kinds=frozenset(map(fold, eligible)),
        ineligible_kinds=frozenset(map(fold, ineligible)),
        **others,  # type: ignore[arg-type]
    )


def filling_from(
    kind: People,
    maps: Iterable[str],
    defaults: Iterable[str],
    values: Iterable[str],
    *,
    sheet: str,
    hash_passwords: bool = False,
) -> Filling:
    """How a society's file becomes ours. Raises Fault for an option that says nothing."""
    replaced: dict[tuple[str, str], str] = {}
    for option in values:
        given, ours = _parted(option, "--value COLUMN:THEIRS=OURS")
        column, colon, theirs = given.partition(":")
        if not colon:
            raise Fault(f"Write it as --value COLUMN:THEIRS=OURS, not {option!r}.")
        replaced[_column(kind, column, "--value"), theirs.strip().casefold()] = ours
    return Filling(
        mapped=Mapped(
            headings=_by_column(kind, maps, "--map COLUMN=HEADING", "--map"),
            defaults=_by_column(kind, defaults, "--default COLUMN=VALUE", "--default"),
        ),
        values=replaced,
        sheet=sheet,
        hash_passwords=hash_passwords,
    )


def _by_column(kind: People, options: Iterable[str], form: str, name: str) -> dict[str, str]:
    parted = (_parted(option, form) for option in options)
    return {_column(kind, column, name): given for column, given in parted}


def _parted(option: str, form: str) -> tuple[str, str]:
    before, equals, behind = option.partition("=")
    if not equals or not before.strip():
        raise Fault(f"Write it as {form}, not {option!r}.")
    return before.strip(), behind.strip()


def _column(kind: People, column: str, option: str) -> str:
    if column not in kind.columns:
        remedy = did_you_mean(column, kind.columns)
        raise Fault(f"{option}: There is no column {column!r} in {kind.name}.csv. {remedy}")
    return column


def _give(text: str, written: Written, what: str, *, force: bool, as_json: bool) -> None:
    if written.file is None and written.summary is None:
        if as_json:
            raise Fault("--json needs --out FILE; without it, the table itself is printed.")
        _warn(written.warnings)
        typer.echo(text.encode(), nl=False)
        return
    if written.file is not None:
        name = written.file.name
        with written_together(written.file.parent, [name], force=force) as folder:
            (folder / name).write_text(text, encoding="utf-8", newline="")
    if not as_json:
        _warn(written.warnings)
    words = [] if written.file is None else [f"{written.rows} {what} in {written.file}"]
    words += written.summary.told() if written.summary else []
    answer(words, written, as_json=as_json)


def _warn(warnings: Sequence[Problem]) -> None:
    for warning in warnings[:WARNINGS_SHOWN]:
        typer.echo(f"Warning: {warning}", err=True)
    if (more := len(warnings) - WARNINGS_SHOWN) > 0:
        typer.echo(f"Warning: and {more} more; --json shows all.", err=True)
