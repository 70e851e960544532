"""Connection status, save status, and the error banner.

The page contains every status line; assets/command_queue.js sets `data-save-status` of the document
and assets/components.css shows the line of that status, so that it also works without a server.
"""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.icons import icon


def error_banner(banner: Any) -> rx.Component:
    """The error banner below the header, in a live region.

    `banner` has the variables and handlers of `state.error_banner.ErrorBanner`.
    """
    return rx.el.div(
        rx.cond(
            banner.shown,
            rx.el.div(
                rx.el.p(text.shell.TROUBLE),
                rx.el.button(
                    icon("close"),
                    rx.el.span(text.shell.CLOSE, class_name="sr-only"),
                    type="button",
                    on_click=banner.dismiss,
                    class_name="-my-2 flex size-11 flex-none items-center justify-center",
                ),
                class_name="flex items-center justify-center gap-2 bg-warm-wash px-4 py-2 text-15 "
                "font-semibold text-warm shadow-float",
            ),
        ),
        role="status",
        class_name="sticky top-0 z-20 h-0 print:hidden",
    )


def connection_status(unavailable: Any, words: str = text.shell.UNAVAILABLE) -> rx.Component:
    """The status of the connection and of the database, in a live region.

    `unavailable`: the page could not be loaded or refreshed, and is tried again; `words` say so.
    """
    return rx.el.div(
        rx.cond(unavailable, _line(words)),
        _status_line(text.shell.RECONNECTING, status="reconnecting"),
        _status_line(text.shell.OFFLINE, status="offline"),
        _status_line(text.shell.POSTPONED, status="postponed"),
        role="status",
        class_name="print:hidden",
    )


def unanswered_note(line: str) -> rx.Component:
    """A line that is shown while a field of the page is sent again: assets/page_hooks/resend.js."""
    return rx.el.div(
        _line(line, class_name="save-status", custom_attrs={"data-unanswered-note": ""}),
        role="status",
    )


def save_status() -> rx.Component:
    """The save status: "Saving" or "Saved"."""
    return rx.el.span(
        rx.el.span(
            text.shell.SAVING,
            class_name="save-status",
            custom_attrs={"data-save-message": "saving"},
        ),
        rx.el.span(
            icon("check", class_name="text-done"),
            text.shell.SAVED,
            class_name="save-status items-center gap-1",
            custom_attrs={"data-save-message": "saved"},
        ),
    )


def _status_line(line: str, *, status: str) -> rx.Component:
    return _line(line, class_name="save-status", custom_attrs={"data-save-message": status})


def _line(line: str, *, class_name: str = "", **props: Any) -> rx.Component:
    return rx.el.p(line, class_name=f"{class_name} mb-2 text-13 font-semibold text-warm", **props)
