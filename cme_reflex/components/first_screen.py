"""Parts of a page that its first screen has, too: see assets/first_screen.js."""

from typing import Any

import reflex as rx

from cme_reflex.reflex_bridge.javascript import FIRST_SCREEN


class _FirstScreenPart(rx.Component):
    library = FIRST_SCREEN
    tag = "FirstScreenPart"

    name: rx.Var[str]


def first_screen_part(
    name: str, *, ready: Any, live: rx.Component, skeleton: rx.Component | None = None
) -> rx.Component:
    """The live part once the state is `ready`; until then what the server has rendered.

    `name` is a macro of web/templates/first_screen.html. For an address that has no first screen
    there is the skeleton instead; without one, the live part without values.
    """
    return rx.cond(ready, live, _FirstScreenPart.create(skeleton or live, name=name))
