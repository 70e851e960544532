"""`cme meeting upgrade`: rewriting of an old folder with today's keys and columns."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.files import require_folder
from cme_reflex.cli.output import emit, progress
from cme_reflex.formats.meeting_folder.credit.upgrade import (
    UpgradeChangesMeeting,
    plan_upgrade,
    write_upgrade,
)
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML


@dataclass(frozen=True, slots=True, kw_only=True)
class UpgradedFolder:
    """What an upgrade changed; `copies` is the folder with the old files, None if none was written.

    `outdated_comments` are rows of meeting.toml with comments that name old keys.
    """

    folder: Path
    changes: tuple[str, ...]
    outdated_comments: tuple[int, ...]
    copies: Path | None


def upgrade(folder: Path, *, dry_run: bool, as_json: bool) -> None:
    """Upgrade the folder and print each change. Raises CliError and InvalidInput."""
    require_folder(folder)
    try:
        with progress("Upgrading"):
            plan = plan_upgrade(folder)
            copies = None if dry_run else write_upgrade(folder, plan)
    except UpgradeChangesMeeting:
        raise CliError(
            f"{folder} would not load to the same meeting after an upgrade, so nothing was "
            "changed. Write the new keys yourself: see docs/meeting-folder.md."
        ) from None
    except OSError as error:
        raise CliError(f"{folder} cannot be written: {error.strerror}.") from None
    result = UpgradedFolder(
        folder=folder,
        changes=plan.changes,
        outdated_comments=plan.outdated_comments,
        copies=copies,
    )
    emit(_lines(result, dry_run=dry_run), result, as_json=as_json)


def _lines(result: UpgradedFolder, *, dry_run: bool) -> Iterator[str]:
    if not result.changes:
        yield f"{result.folder} has today's keys and columns already; nothing was changed."
        return
    yield from result.changes
    if result.outdated_comments:
        rows = ", ".join(map(str, result.outdated_comments))
        yield f"{MEETING_TOML}: comments that name old keys were kept; correct row {rows}"
    yield "Nothing was written." if dry_run else f"The old files are in {result.copies}."
