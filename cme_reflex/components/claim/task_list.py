"""Task list, after the GOV.UK Design System."""

from typing import Any

import reflex as rx

from cme_reflex.components.controls.buttons import page_link
from cme_reflex.components.controls.icons import icon


def task_list(*tasks: rx.Component) -> rx.Component:
    """An ordered list of tasks."""
    return rx.el.ol(*tasks, class_name="card divide-y divide-line overflow-hidden")


def task(
    number: int, title: Any, *, href: Any, status: Any, done: Any = False, detail: Any = ""
) -> rx.Component:
    """One task: a link with title and status. `status` is text, so color is never its only sign."""
    return rx.el.li(
        page_link(
            rx.el.span(
                rx.cond(done, icon("check", class_name="text-done"), rx.fragment(number)),
                class_name="flex size-8 flex-none items-center justify-center rounded-full "
                "bg-sunken text-15 font-semibold text-ink",
                aria_hidden="true",
            ),
            rx.el.span(
                rx.el.span(title, class_name="block font-semibold text-ink"),
                rx.el.span(
                    status, class_name=rx.cond(done, "text-15 text-done", "text-15 text-muted")
                ),
                _detail(detail),
                class_name="min-w-0 flex-1",
            ),
            icon("chevron", class_name="text-muted max-[16em]:hidden"),
            href=href,
            class_name="flex min-h-16 items-center gap-3 px-4 py-3 no-underline "
            "hover:bg-accent-wash focus-visible:-outline-offset-4",
        )
    )


def _detail(detail: Any) -> rx.Component:
    if isinstance(detail, str) and not detail:
        return rx.fragment()
    shown = rx.el.span(detail, class_name="block text-15 whitespace-pre-line text-muted")
    return rx.cond(detail != "", shown) if isinstance(detail, rx.Var) else shown
