"""What a person is told while the server is out of reach, or has failed."""

import reflex as rx
from reflex_components_core.core.banner import has_connection_errors

from cme_reflex.components.icons import icon
from cme_reflex.state.trouble import Trouble


def connection() -> rx.Component:
    """A quiet line under the header, in a region that is always there to be announced."""
    return rx.el.div(
        rx.cond(
            has_connection_errors,
            _line("Reconnecting…"),
            rx.cond(
                Trouble.shown,
                _line(
                    "That did not work. What was saved before is safe; please try again.",
                    rx.el.button(
                        icon("close"),
                        rx.el.span("Close this message", class_name="sr-only"),
                        type="button",
                        on_click=Trouble.dismiss,
                        class_name="-my-2 flex size-11 flex-none items-center justify-center",
                    ),
                ),
            ),
        ),
        role="status",
        class_name="sticky top-0 z-20 h-0 print:hidden",
    )


def _line(words: str, *more: rx.Component) -> rx.Component:
    return rx.el.div(
        rx.el.p(words),
        *more,
        class_name="flex items-center justify-center gap-2 bg-warm-wash px-4 py-2 text-15 "
        "font-semibold text-warm shadow-float",
    )
