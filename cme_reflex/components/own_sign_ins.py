"""List of the attendee's own sign-ins, each with a button that ends it."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import button
from cme_reflex.components.page_hooks import COMMAND


def own_sign_ins(sign_ins: Any, *, on_end: Any) -> rx.Component:
    """The sign-ins, the current one first. `on_end` is called with the reference of one."""

    def row(each: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.p(
                    rx.el.span(each.browser, class_name="font-semibold"),
                    rx.cond(
                        each.is_current,
                        rx.el.span(
                            text.account.THIS_BROWSER,
                            class_name="rounded-full bg-done-wash px-2.5 py-0.5 text-13 text-done",
                        ),
                    ),
                    class_name="flex flex-wrap items-center gap-2",
                ),
                rx.el.p(each.how, class_name="text-15 text-muted"),
                rx.el.p(each.used, class_name="text-15 text-muted"),
                class_name="grid min-w-0 flex-1 basis-56 gap-0.5",
            ),
            rx.cond(
                each.may_end,
                button(
                    text.account.END_SIGN_IN,
                    kind="secondary",
                    on_click=on_end(each.reference, COMMAND),
                    class_name="!text-15",
                    aria_label=each.end_label,
                ),
            ),
            key=each.reference,
            class_name="flex flex-wrap items-center justify-between gap-4 p-4 md:px-6",
        )

    return rx.el.section(
        rx.el.h2(text.account.SIGN_INS, class_name="text-20"),
        rx.el.p(text.account.SIGN_INS_NOTE, class_name="max-w-text text-15 text-muted"),
        rx.el.ul(rx.foreach(sign_ins, row), role="list", class_name="card divide-y divide-line"),
        class_name="grid gap-2",
    )
