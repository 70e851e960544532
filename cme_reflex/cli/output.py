"""What a command prints: words for a person, or one JSON document for a program.

Both go to standard output and nothing else does: errors and progress go to standard error.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager

import typer
from pydantic_core import to_json


def emit(lines: Iterable[str], document: object, *, as_json: bool) -> None:
    """Print the lines, or the document (of frozen dataclasses and plain values) as JSON."""
    if as_json:
        typer.echo(to_json(document, indent=2).decode())
    else:
        for line in lines:
            typer.echo(line)


def listed(names: Sequence[str]) -> str:
    """How many there are and their names: ``2 (101, 102)``, or ``nobody``."""
    return f"{len(names)} ({', '.join(names)})" if names else "nobody"


@contextmanager
def progress(doing: str, total: int | None = None) -> Iterator[Callable[[int], None]]:
    """Show on a terminal how far a long command is; call what it gives with each step's size.

    `total` is the number of steps, None where nobody knows it before.
    """
    from rich.console import Console
    from rich.progress import Progress

    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as bar:
        task = bar.add_task(doing, total=total)
        yield lambda steps: bar.advance(task, steps)
