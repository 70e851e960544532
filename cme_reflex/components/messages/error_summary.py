"""Error summary at the top of a form, with a link to each field to fix."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import plain_link
from cme_reflex.components.controls.icons import icon


def error_summary(missing: Any, *, title: str = text.submit.BEFORE) -> rx.Component:
    """The summary of a list of `view_models.MissingView`; nothing for an empty list.

    The handler of a rejected submit returns `rx.set_focus("error-summary")`.
    """
    return rx.cond(
        missing.length() > 0,
        rx.el.div(
            rx.el.h2(icon("warning"), title, class_name="flex gap-2 text-17 text-warm"),
            rx.el.ul(rx.foreach(missing, _item), class_name="mt-2 grid list-disc gap-2 pl-7"),
            id="error-summary",
            role="alert",
            tab_index=-1,
            class_name="rounded-card border-2 border-warm bg-surface p-4",
        ),
    )


def _item(item: Any) -> rx.Component:
    # A native link, so that the browser moves the focus to a field on the same page.
    return rx.el.li(
        plain_link(item.text, href=item.href, class_name="text-warm"),
        key=item.text,
    )
