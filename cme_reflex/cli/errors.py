"""Error reporting of commands: all errors of the input are printed, with exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer

from cme_reflex.cli.terminal import printable


class CliError(Exception):
    """An error that the user can fix; the message states the remedy."""


@contextmanager
def reported_errors() -> Iterator[None]:
    """Print the errors of the block, one per line without a traceback, and exit with 1."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        lines = _lines(error)
        if lines is None:
            raise
        for line in lines:
            typer.echo(printable(line), err=True)
        raise typer.Exit(1) from None


def _lines(error: Exception) -> list[str] | None:
    """The lines to print; None for an unexpected exception."""
    # Imported here, because they are slow to import and needed only for errors.
    from pydantic import ValidationError

    from cme_reflex.cli.plurals import FAULTS
    from cme_reflex.formats.input_problems import InvalidInput
    from cme_reflex.formats.pdf.fonts import FontsNotInstalled
    from cme_reflex.services.meetings.loader import LoadNotConfirmed, OutdatedFolder
    from cme_reflex.services.meetings.selection import MeetingNotNamed
    from cme_reflex.services.programme.programme_cache import MeetingNotFound
    from cme_reflex.store.migrate import DatabaseOutOfReach

    match error:
        case CliError() | DatabaseOutOfReach():
            return [str(error)]
        case FontsNotInstalled():
            return ["The fonts of certificates are not installed. Install them with: cme fonts"]
        case InvalidInput():
            count = FAULTS(len(error.problems))
            return [*map(str, error.problems), f"{count}; nothing was changed."]
        case MeetingNotFound():
            remedy = "See cme meeting list, or load it: cme meeting load DIR"
            return [f"The meeting {error} is not loaded. {remedy}"]
        case MeetingNotNamed(codes=()):
            return ["No meeting is loaded. Load one: cme meeting load DIR"]
        case MeetingNotNamed():
            return [f"There are several meetings: {error}. Name one with --meeting CODE."]
        case LoadNotConfirmed():
            from cme_reflex.cli.meetings.load import NEEDS_YES, report_lines

            return [*report_lines(error.report), "Nothing was written.", NEEDS_YES]
        case OutdatedFolder():
            folder = f"The folder is based on version {error.based_on} of {error.meeting}"
            export = f"cme meeting export DIR --meeting {error.meeting}"
            remedy = f"Make your changes in a new export ({export}), or undo what was changed since"
            return [
                f"{folder}, and the database has version {error.version}; nothing was changed.",
                f"{remedy} with --replace.",
            ]
        case ValidationError():
            # Only settings raise it; files raise InvalidInput.
            # Pydantic writes "Value error, " before the sentences of settings.py.
            return [
                f"{_setting(each['loc'])}: {each['msg'].removeprefix('Value error, ')}."
                for each in error.errors()
            ]
    return None


def _setting(location: tuple[int | str, ...]) -> str:
    return f"CME_{'_'.join(map(str, location)).upper()}"
