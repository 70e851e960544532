"""`cme claims export` and `cme evaluations report`: files, all of them or none."""

import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from cme_reflex.cli.database import run
from cme_reflex.cli.faults import Fault
from cme_reflex.cli.output import answer, progress
from cme_reflex.exchange import claims_export, evaluations_report
from cme_reflex.exchange.formats import Format
from cme_reflex.services import export
from cme_reflex.services.clock import clock
from cme_reflex.services.evaluations import report as evaluations_of
from cme_reflex.services.programme import UnknownMeeting
from cme_reflex.settings import settings


@dataclass(frozen=True, slots=True)
class Exported:
    """What was written."""

    meeting: str
    claims: int
    files: tuple[Path, ...]


def claims(kind: Format, out: Path, *, force: bool, as_json: bool) -> None:
    """Write the meeting's claims into the folder. Raises Fault."""
    meeting, names = settings().meeting, claims_export.file_names(kind)
    with written_together(out, names, force=force) as folder, _known(meeting):
        count = run(_write(meeting, claims_export.open_files(folder, kind)))
    _tell(Exported(meeting, count, tuple(out / name for name in names)), as_json=as_json)


def evaluations(out: Path, *, force: bool, as_json: bool) -> None:
    """Write the report on the meeting's evaluations into the folder. Raises Fault."""
    meeting = settings().meeting
    names = (*evaluations_report.FILES, evaluations_report.PAGE)
    with written_together(out, names, force=force) as folder:
        with _known(meeting):
            report = run(evaluations_of(meeting, now=clock()))
        evaluations_report.write_tables(report, folder)
        evaluations_report.write_page(report, folder)
    _tell(Exported(meeting, report.claims, tuple(out / name for name in names)), as_json=as_json)


async def _write(meeting: str, files: claims_export.ClaimsFiles) -> int:
    count = 0
    try:
        with progress("Exporting claims", await export.count_claims(meeting)) as done:
            async for claim in export.claims(meeting):
                files.add(claim)
                count += 1
                done(1)
    finally:
        files.close()
    return count


@contextmanager
def _known(meeting: str) -> Iterator[None]:
    try:
        yield
    except UnknownMeeting:
        raise Fault(
            f"The meeting {meeting} was never loaded here. "
            "Choose another with CME_MEETING, or load it: cme meeting load"
        ) from None


def _tell(exported: Exported, *, as_json: bool) -> None:
    claims = "claim" if exported.claims == 1 else "claims"
    words = [f"{exported.meeting}: {exported.claims} {claims}"]
    answer([*words, *(f"  {file}" for file in exported.files)], exported, as_json=as_json)


@contextmanager
def written_together(out: Path, names: Sequence[str], *, force: bool) -> Iterator[Path]:
    """A folder to write these files into; they come to `out` when all of them are whole.

    Raises Fault where one is there already and is not to be replaced, or `out` is no folder.
    """
    there = [name for name in names if (out / name).exists()]
    if there and not force:
        raise Fault(
            f"{out / there[0]} is there already. Replace it with --force, or choose another --out."
        )
    try:
        out.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryDirectory(dir=out, prefix=".cme-") as folder:
            yield Path(folder)
            for name in names:
                # These are people's records: nobody else on the machine reads them.
                (Path(folder) / name).chmod(0o600)
                shutil.move(Path(folder) / name, out / name)
    except (FileExistsError, NotADirectoryError, PermissionError) as error:
        raise Fault(f"{out} cannot be written to: {error.strerror}.") from None
