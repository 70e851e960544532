"""Output of commands: text, or one JSON document for programs.

Only these go to standard output; errors and progress go to standard error.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import typer
from pydantic_core import to_json

from cme_reflex.cli.terminal import printable

WARNINGS_SHOWN = 20  # lines


def emit(lines: Iterable[str], document: object, *, as_json: bool) -> None:
    """Print the lines, or the document (dataclasses and plain values) as JSON."""
    if as_json:
        typer.echo(to_json(document, indent=2).decode())
    else:
        for line in lines:
            typer.echo(printable(line))


def print_warnings(warnings: Sequence[object], *, all_shown_by: str = "--json") -> None:
    """Print the first warnings to standard error; `all_shown_by` is what shows the others."""
    for warning in warnings[:WARNINGS_SHOWN]:
        typer.echo(printable(f"Warning: {warning}"), err=True)
    if (more := len(warnings) - WARNINGS_SHOWN) > 0:
        typer.echo(f"Warning: and {more} more; {all_shown_by} shows all.", err=True)


def listed(names: Sequence[str]) -> str:
    """The number of names and the names: ``2 (101, 102)``, or ``nobody``."""
    return f"{len(names)} ({', '.join(names)})" if names else "nobody"


@contextmanager
def progress(doing: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show a progress bar on a terminal; yields a function to advance it by a number of steps.

    `total` is the number of steps, or None if it is unknown.
    """
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda steps: bar.advance(task, steps)
