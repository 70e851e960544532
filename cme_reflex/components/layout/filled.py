"""A page that the server can write its first screen into: see assets/filled.js."""

from typing import Any

import reflex as rx
from reflex_base.utils.imports import ImportDict


class _Filled(rx.Component):
    tag = "app.Filled"

    name: rx.Var[str]

    def add_imports(self) -> ImportDict:
        return {"$/utils/context-registry": "app"}


def filled(page: Any, screen: rx.Component) -> rx.Component:
    """The screen, which may come with values of its state; `page` is the state class."""
    return _Filled.create(screen, name=page.get_full_name())
