"""`cme claims export`: export of all claims to files."""

from pathlib import Path

from cme_reflex.cli.export_result import ExportResult, emit_export
from cme_reflex.cli.files import written_together
from cme_reflex.cli.output import progress
from cme_reflex.cli.runner import run
from cme_reflex.formats.reports import claims_export
from cme_reflex.formats.reports.file_format import FileFormat
from cme_reflex.services.claims import export as claims
from cme_reflex.settings import settings


def export(out: Path, kind: FileFormat, confirmations: bool, force: bool, as_json: bool) -> None:
    """Write the meeting's claims to files in the folder. Raises CliError."""
    meeting, names = settings().meeting, claims_export.file_names(kind)
    with written_together(out, names, force=force) as folder:
        files = claims_export.open_writer(folder, kind, confirmations=confirmations)
        count = run(_write(meeting, files))
    emit_export(ExportResult(meeting, count, tuple(out / name for name in names)), as_json=as_json)


async def _write(meeting: str, files: claims_export.ClaimsWriter) -> int:
    try:
        exported = await claims.iter_claims(meeting)
        with progress("Exporting claims", len(exported)) as done:
            for claim in exported:
                files.add(claim)
                done(1)
    finally:
        files.close()
    return len(exported)
