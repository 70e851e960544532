"""Lazy command declarations, which keep `cme --help` and completion fast."""

from collections.abc import Callable
from functools import wraps
from importlib import import_module
from typing import ParamSpec

from cme_reflex.cli.errors import reported_errors
from cme_reflex.files.permissions import private_umask

Options = ParamSpec("Options")


def implemented_in(module: str) -> Callable[[Callable[Options, None]], Callable[Options, None]]:
    """Decorator of a declaration: a function with a command's options and docstring, but no body.

    The command imports `module`, passes the options to its function of the same name, reports
    errors, and creates private files only. A test compares the two signatures.
    """

    def declare(declaration: Callable[Options, None]) -> Callable[Options, None]:
        @wraps(declaration)
        def command(*args: Options.args, **options: Options.kwargs) -> None:
            with private_umask(), reported_errors():
                getattr(import_module(module), declaration.__name__)(*args, **options)

        command.implemented_in = module  # type: ignore[attr-defined]
        return command

    return declare
