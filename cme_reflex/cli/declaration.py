"""Declaring commands apart from what they do, so that `cme --help` and completion stay quick."""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import ParamSpec

from cme_reflex.cli.errors import reported_errors

Options = ParamSpec("Options")


def implemented_in(module: str) -> Callable[[Callable[Options, None]], Callable[Options, None]]:
    """Make a function that only has options and a docstring the declaration of a command.

    A call imports `module`, passes the options to its function of the same name, and reports
    errors. A test compares the two signatures.
    """

    def declare(declaration: Callable[Options, None]) -> Callable[Options, None]:
        @wraps(declaration)
        def command(*args: Options.args, **options: Options.kwargs) -> None:
            with reported_errors():
                getattr(import_module(module), declaration.__name__)(*args, **options)

        command.implemented_in = module  # type: ignore[attr-defined]
        return command

    return declare
