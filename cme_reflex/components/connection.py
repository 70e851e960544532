"""What a person is told of the network and of what is saved, and when the server has failed.

All lines are in the page; assets/outbox.js names the one that is true in `data-outbox` of the
document, and assets/look.css shows it. So it is also true when no server can say it.
"""

import reflex as rx

from cme_reflex import words
from cme_reflex.components.icons import icon
from cme_reflex.state.trouble import Trouble


def connection() -> rx.Component:
    """A line under the header, in a region that is always there to be announced."""
    return rx.el.div(
        _line(words.shell.RECONNECTING, shown="reconnecting"),
        _line(words.shell.OFFLINE, shown="offline"),
        _line(words.shell.NOT_SAVED, shown="failed"),
        rx.cond(
            Trouble.shown,
            _line(
                words.shell.TROUBLE,
                rx.el.button(
                    icon("close"),
                    rx.el.span(words.shell.CLOSE, class_name="sr-only"),
                    type="button",
                    on_click=Trouble.dismiss,
                    class_name="-my-2 flex size-11 flex-none items-center justify-center",
                ),
            ),
        ),
        role="status",
        class_name="sticky top-0 z-20 h-0 print:hidden",
    )


def saved() -> rx.Component:
    """The quiet word that everything is in the database, or about to be."""
    return rx.el.span(
        rx.el.span(words.shell.SAVING, class_name="outbox", custom_attrs={"data-shown": "saving"}),
        rx.el.span(
            icon("check", class_name="text-done"),
            words.shell.SAVED,
            class_name="outbox items-center gap-1",
            custom_attrs={"data-shown": "saved"},
        ),
    )


def _line(text: str, *more: rx.Component, shown: str = "") -> rx.Component:
    return rx.el.div(
        rx.el.p(text),
        *more,
        class_name=f"{'outbox' if shown else 'flex'} items-center justify-center gap-2 "
        "bg-warm-wash px-4 py-2 text-15 font-semibold text-warm shadow-float",
        custom_attrs={"data-shown": shown},
    )
