"""Errors in what a command was given: all of them are printed, then it exits with code 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer


class CliError(Exception):
    """Something that the person at the keyboard can fix; the message says how."""


@contextmanager
def reported_errors() -> Iterator[None]:
    """Print what is wrong, one error a line, and exit with 1; no traceback."""
    try:
        yield
    except (typer.Exit, typer.Abort):
        raise
    except Exception as error:
        lines = _lines(error)
        if lines is None:
            raise
        for line in lines:
            typer.echo(line, err=True)
        raise typer.Exit(1) from None


def _lines(error: Exception) -> list[str] | None:
    """The lines to print; None for an exception that is not the user's."""
    # These modules take a while to import, and without an error nobody needs them.
    from pydantic import ValidationError

    from cme_reflex.cli.plurals import FAULTS
    from cme_reflex.formats.input_problems import InvalidInput
    from cme_reflex.services.programme.programme_cache import MeetingNotFound
    from cme_reflex.store.migrate import DatabaseOutOfReach

    match error:
        case CliError() | DatabaseOutOfReach():
            return [str(error)]
        case InvalidInput():
            count = FAULTS(len(error.problems))
            return [*map(str, error.problems), f"{count}; nothing was changed."]
        case MeetingNotFound():
            remedy = "Choose another with CME_MEETING, or load it: cme meeting load"
            return [f"The meeting {error} was never loaded here. {remedy}"]
        case ValidationError():
            # Only the settings are validated without a file of their own to blame.
            return [f"{_setting(each['loc'])}: {each['msg']}." for each in error.errors()]
    return None


def _setting(location: tuple[int | str, ...]) -> str:
    return f"CME_{'_'.join(map(str, location)).upper()}"
