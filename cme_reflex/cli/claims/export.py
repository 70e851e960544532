"""`cme claims export`: files, all of them or none."""

from pathlib import Path

from cme_reflex.cli.export_result import ExportResult, emit_export
from cme_reflex.cli.files import written_together
from cme_reflex.cli.output import progress
from cme_reflex.cli.runner import run
from cme_reflex.exchange import claims_export
from cme_reflex.exchange.formats import Format
from cme_reflex.services import export as claims
from cme_reflex.settings import settings


def export(out: Path, kind: Format, force: bool, as_json: bool) -> None:
    """Write the meeting's claims into the folder. Raises CliError."""
    meeting, names = settings().meeting, claims_export.file_names(kind)
    with written_together(out, names, force=force) as folder:
        count = run(_write(meeting, claims_export.open_files(folder, kind)))
    emit_export(ExportResult(meeting, count, tuple(out / name for name in names)), as_json=as_json)


async def _write(meeting: str, files: claims_export.ClaimsFiles) -> int:
    try:
        exported = await claims.claims(meeting)
        with progress("Exporting claims", len(exported)) as done:
            for claim in exported:
                files.add(claim)
                done(1)
    finally:
        files.close()
    return len(exported)
