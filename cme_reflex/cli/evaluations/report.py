"""`cme evaluations report`: report of a meeting's evaluations as files."""

from pathlib import Path

from cme_reflex.cli.export_result import ExportResult, emit_export
from cme_reflex.cli.files import written_together
from cme_reflex.cli.runner import chosen_meeting, run
from cme_reflex.formats.reports import evaluations_report
from cme_reflex.services.clock import clock
from cme_reflex.services.evaluations import evaluation_report


def report(out: Path, meeting: str | None, force: bool, as_json: bool) -> None:
    """Write the evaluation report to files in the folder. Raises CliError."""
    code = chosen_meeting(meeting).code
    names = (*evaluations_report.FILES, evaluations_report.PAGE_FILE)
    with written_together(out, names, force=force) as folder:
        result = run(evaluation_report.build(code, now=clock()))
        evaluations_report.write_tables(result, folder)
        evaluations_report.write_page(result, folder)
    emit_export(
        ExportResult(code, result.claims, tuple(out / name for name in names)), as_json=as_json
    )
