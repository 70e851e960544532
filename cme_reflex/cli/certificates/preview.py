"""`cme certificates preview`: specimens of a meeting's certificates."""

from dataclasses import dataclass
from pathlib import Path

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.files import written_together
from cme_reflex.cli.output import emit
from cme_reflex.cli.runner import chosen_meeting, run
from cme_reflex.services.certificates import preview as previews
from cme_reflex.services.clock import clock


@dataclass(frozen=True, slots=True)
class PreviewResult:
    """The files of the specimens."""

    meeting: str
    files: tuple[Path, ...]


def preview(
    out: Path,
    credit_type: str,
    profession: str,
    meeting: str | None,
    force: bool,
    as_json: bool,
) -> None:
    """Write the specimens to files in the folder. Raises CliError."""
    code = chosen_meeting(meeting).code
    try:
        specimens = run(
            previews.render_specimens(
                code, credit_type=credit_type, profession=profession, now=clock()
            )
        )
    except previews.NothingToPreview as nothing:
        raise CliError(str(nothing)) from None
    with written_together(out, list(specimens), force=force) as folder:
        for name, content in specimens.items():
            (folder / name).write_bytes(content)
    files = tuple(out / name for name in specimens)
    emit([f"  {file}" for file in files], PreviewResult(code, files), as_json=as_json)
