"""`cme claims export`: export of all claims to files."""

from pathlib import Path

from cme_reflex.cli.export_result import ExportResult, emit_export
from cme_reflex.cli.files import written_together
from cme_reflex.cli.output import progress
from cme_reflex.cli.runner import chosen_meeting, run
from cme_reflex.formats.reports import claims_export
from cme_reflex.formats.reports.file_format import FileFormat
from cme_reflex.services.claims import export as claims


def export(
    out: Path,
    kind: FileFormat,
    meeting: str | None,
    confirmations: bool,
    force: bool,
    as_json: bool,
) -> None:
    """Write the meeting's claims to files in the folder. Raises CliError."""
    code, names = chosen_meeting(meeting).code, claims_export.file_names(kind)
    with written_together(out, names, force=force) as folder:
        count = run(_write(code, folder, kind, confirmations))
    emit_export(ExportResult(code, count, tuple(out / name for name in names)), as_json=as_json)


async def _write(meeting: str, folder: Path, kind: FileFormat, confirmations: bool) -> int:
    exported = await claims.iter_claims(meeting)
    codes = claims_export.credit_types(exported)
    files = claims_export.open_writer(folder, kind, codes, confirmations=confirmations)
    try:
        with progress("Exporting claims", len(exported)) as done:
            for claim in exported:
                files.add(claim)
                done(1)
    finally:
        files.close()
    return len(exported)
