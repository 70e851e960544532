"""Error boundary: the fallback for a page whose script failed. Reflex reports the error."""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import plain_link
from cme_reflex.reflex_bridge import error_boundary as bridge
from cme_reflex.routes import HOME


def error_boundary() -> rx.Component:
    """The error boundary around the application, with this site's message."""
    page = rx.el.main(
        rx.el.h1(text.shell.BROKEN, class_name="text-24"),
        rx.el.p(text.shell.BROKEN_SAFE, class_name="text-muted"),
        rx.el.p(plain_link(text.shell.BROKEN_AGAIN, href=HOME, class_name="button button-primary")),
        class_name="mx-auto grid max-w-text gap-4 px-4 py-16",
    )
    return bridge.error_boundary(page)
