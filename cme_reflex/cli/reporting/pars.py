"""`cme reporting`: check and export of learner credit for PARS, and import of rejections."""

import os
from collections.abc import Coroutine, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import typer

from cme_reflex import text
from cme_reflex.cli.errors import CliError
from cme_reflex.cli.files import written_together
from cme_reflex.cli.output import emit, progress
from cme_reflex.cli.plurals import ATTENDEES
from cme_reflex.cli.runner import actor, chosen_meeting, run
from cme_reflex.domain.reporting.pars import RecordAction, is_activity_id
from cme_reflex.formats.input_problems import InputProblem, InvalidInput
from cme_reflex.formats.reports.pars import file_names, write_files
from cme_reflex.formats.reports.pars_rejections import read_rejections
from cme_reflex.services.clock import clock
from cme_reflex.services.reporting import pars, pars_check, rejections
from cme_reflex.services.reporting.pars import Batch
from cme_reflex.services.reporting.pars_check import CheckResult, RejectedLearner
from cme_reflex.services.reporting.rejections import ImportResult

NO_ACTIVITY_ID = (
    "meeting.toml, reporting.pars_activity_id: PARS accepts no row without the activity's ID. "
    "Write its nine digits and load the meeting."
)

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchExport:
    """Result of an export; `batch` is None if nothing is new. `left_out` counts attendees."""

    meeting: str
    batch: int | None = None
    adds: int = 0
    deletes: int = 0
    left_out: int = 0
    files: tuple[Path, ...] = ()


def check(meeting: str | None, *, as_json: bool) -> None:
    """Print the records that PARS would reject; exit with 1 if there are any."""
    code = chosen_meeting(meeting).code
    result = _run(pars_check.check(code), code)
    emit(_check_lines(result), result, as_json=as_json)
    if not result.passes:
        raise typer.Exit(1)


def export(
    out: Path,
    *,
    again: int | None,
    with_rejected: bool,
    meeting: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write a new batch, or an earlier one again, into the folder. Raises CliError."""
    code = chosen_meeting(meeting).code
    operation = (
        _export_new(code, out, force=force, with_rejected=with_rejected)
        if again is None
        else _export_again(code, again, out, force)
    )
    try:
        with progress("Comparing with what was reported"):
            exported = _run(operation, code)
    except pars.NothingToReport as nothing:
        since = f" since batch {nothing.last}" if nothing.last else ""
        lines = [f"{code}: there is nothing new to report{since}. No file was written."]
        done = BatchExport(meeting=code, left_out=nothing.left_out)
        emit([*lines, *_left_out_lines(done)], done, as_json=as_json)
        return
    emit(_batch_lines(exported), exported, as_json=as_json)


def rejected(file: Path, *, batch: int | None, meeting: str | None, as_json: bool) -> None:
    """Import PARS rejections. Raises CliError, or InvalidInput with all faults of the file."""
    if not file.is_file():
        raise CliError(f"There is no file {file}.")
    answer = read_rejections(file)
    code = chosen_meeting(meeting).code
    try:
        result = _run(rejections.import_rejections(code, answer, now=clock(), batch=batch), code)
    except rejections.RowsNotFound as unknown:
        fault, remedy = "This row was never reported.", "Import the rejections of this meeting."
        raise InvalidInput(
            InputProblem(answer.file, row.number, None, fault, remedy) for row in unknown.rows
        ) from None
    emit(_rejected_lines(result, file), result, as_json=as_json)


async def _export_new(meeting: str, out: Path, *, force: bool, with_rejected: bool) -> BatchExport:
    number = await pars.next_batch_number(meeting)
    names = file_names(meeting, number)
    now = clock()
    batch: Batch | None = None
    try:
        with written_together(out, names, force=force) as folder:
            batch = await pars.create_batch(
                meeting,
                number,
                actor=actor(),
                now=now,
                write=lambda new: write_files(folder, names, new.rows),
                with_rejected=with_rejected,
            )
        _sync(out)
    except (CliError, OSError) as error:
        reason = _reason(out, error)
        if batch is not None:
            reason += f" Batch {number} is saved. {_write_again(number)}"
        raise CliError(reason) from None
    await pars.mark_delivered(meeting, number, now=now)
    return _batch_export(batch, out, names)


async def _export_again(meeting: str, number: int, out: Path, force: bool) -> BatchExport:
    batch = await pars.load_batch(meeting, number)
    names = file_names(meeting, number)
    try:
        with written_together(out, names, force=force) as folder:
            write_files(folder, names, batch.rows)
        _sync(out)
    except OSError as error:
        raise CliError(_reason(out, error)) from None
    await pars.mark_delivered(meeting, number, now=clock())
    return _batch_export(batch, out, names)


def _batch_export(batch: Batch, out: Path, names: tuple[str, ...]) -> BatchExport:
    return BatchExport(
        meeting=batch.meeting,
        batch=batch.number,
        adds=batch.count(RecordAction.ADD),
        deletes=batch.count(RecordAction.DELETE),
        left_out=batch.left_out,
        files=tuple(out / name for name in names),
    )


def _sync(folder: Path) -> None:
    """Flush the folder to disk, so that its new file names are durable."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _reason(out: Path, error: Exception) -> str:
    if isinstance(error, OSError):
        return f"{out} cannot be written to: {error.strerror}."
    return str(error)


def _write_again(number: int) -> str:
    return f"Write its files with: cme reporting export --again {number}"


def _run(service: Coroutine[Any, Any, Result], meeting: str) -> Result:
    try:
        return run(service)
    except pars.ActivityIdMissing:
        raise CliError(NO_ACTIVITY_ID) from None
    except pars.BatchNotDelivered as missing:
        raise CliError(
            f"The files of batch {missing.number} were not finished. {_write_again(missing.number)}"
        ) from None
    except pars.ConcurrentExport:
        raise CliError("Somebody else reported at the same time. Try again.") from None
    except pars.BatchNotFound as unknown:
        last = f"The newest is {unknown.last}." if unknown.last else "Nothing was reported yet."
        raise CliError(f"There is no batch {unknown.number} of {meeting}. {last}") from None


def _check_lines(result: CheckResult) -> Iterator[str]:
    yield (
        f"{result.meeting}: {ATTENDEES(result.reportable)} consented and submitted; "
        f"{result.waiting} consented and did not submit yet."
    )
    if result.withdrawn:
        yield f"{ATTENDEES(result.withdrawn)} consented, and their claims were withdrawn."
    yield (
        f"ACCME asks for the report by {text.dates.short_date(result.report_by)}; "
        f"PARS closes the year on {text.dates.short_date(result.year_closes)}."
    )
    if not is_activity_id(result.activity_id):
        yield NO_ACTIVITY_ID
    for refused in result.refused:
        yield from _refused_lines(refused)
    if result.refused:
        yield f"PARS would reject {ATTENDEES(len(result.refused))}."


def _refused_lines(refused: RejectedLearner) -> Iterator[str]:
    label = f"badge {refused.badge}, {refused.name}"
    for field, fault in refused.faults.items():
        yield f"  {label}, {field}: {text.reporting.FAULTS[fault]}"
    if refused.rejection:
        yield f"  {label}: PARS rejected it, and nothing was corrected since: {refused.rejection}"


def _batch_lines(exported: BatchExport) -> Iterator[str]:
    counts = f"{exported.adds} Add, {exported.deletes} Delete"
    yield f"{exported.meeting}, batch {exported.batch}: {counts}"
    yield from _left_out_lines(exported)
    for file in exported.files:
        yield f"  {file}"


def _left_out_lines(exported: BatchExport) -> Iterator[str]:
    if exported.left_out:
        yield f"  {ATTENDEES(exported.left_out)} left out: cme reporting check"


def _rejected_lines(result: ImportResult, file: Path) -> Iterator[str]:
    if result.before:
        yield f"{file.name} was imported before; nothing was changed."
        yield "If PARS answered a later batch in the same words, name it: --batch"
        return
    yield f"{result.meeting}: {result.rejected} rejected, {result.known} imported before."
