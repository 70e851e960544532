"""Reflex application whose middleware gets every request, before any router.

Reflex's `api_transformer` wraps what a Starlette router mounts at the root. That router itself
answers requests whose target is no path: `OPTIONS *`, `CONNECT`, or a path with a newline.

Relies on: `rx.App.__call__` returns a Starlette application, whose middleware is outside its
router, and calls nothing outside it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import reflex as rx
from starlette.applications import Starlette
from starlette.types import ASGIApp

from cme_reflex.reflex_bridge import FrameworkChanged


@dataclass
class Application(rx.App):
    """A Reflex application with middleware of every request, from the innermost to the outermost.

    Calling it raises FrameworkChanged if Reflex serves anything outside that middleware.
    """

    outer_middleware: Sequence[Callable[[ASGIApp], ASGIApp]] = ()

    def __call__(self) -> Any:
        """The ASGI application."""
        asgi = super().__call__()
        if not isinstance(asgi, Starlette):
            raise FrameworkChanged(__doc__)
        for middleware in self.outer_middleware:
            asgi.add_middleware(middleware)
        return asgi
