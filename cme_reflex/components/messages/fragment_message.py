"""Messages selected by the URL's fragment, shown by CSS without any script."""

from typing import Any

import reflex as rx

from cme_reflex.components.messages.notices import Tone, notice


def fragment_message(code: str, *text: Any, tone: Tone = "warning") -> rx.Component:
    """The message of this code; the server redirects the browser to ``page#code``."""
    return notice(
        *text,
        tone=tone,
        id=code,
        role="alert" if tone == "warning" else "status",
        class_name="fragment-message scroll-mt-[50vh]",
    )
