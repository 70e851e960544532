"""Faults in what a command was given: told in full, then exit code 1."""

from collections.abc import Iterator
from contextlib import contextmanager

import typer


class Fault(Exception):
    """Something the person at the keyboard can put right; the message says how."""


@contextmanager
def stop_on_faults() -> Iterator[None]:
    """Print what is wrong, one fault a line, and exit with 1; no traceback."""
    from pydantic import ValidationError

    from cme_reflex.exchange.problems import FaultyFolder
    from cme_reflex.store.migrate import DatabaseOutOfReach

    try:
        yield
    except FaultyFolder as faulty:
        _stop([*map(str, faulty.problems), _how_many(len(faulty.problems))])
    except (Fault, DatabaseOutOfReach) as fault:
        _stop([str(fault)])
    except ValidationError as invalid:
        # Only the settings are validated without a file of their own to blame.
        _stop([_setting(error["loc"]) + f": {error['msg']}." for error in invalid.errors()])


def _setting(place: tuple[int | str, ...]) -> str:
    return f"CME_{'_'.join(map(str, place)).upper()}"


def _stop(lines: list[str]) -> None:
    for line in lines:
        typer.echo(line, err=True)
    raise typer.Exit(1)


def _how_many(faults: int) -> str:
    return f"{faults} {'fault' if faults == 1 else 'faults'}; nothing was changed."
