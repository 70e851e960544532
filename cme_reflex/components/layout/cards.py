"""Cards, and lists that stand on them."""

from typing import Any

import reflex as rx

from cme_reflex import text


def card(*children: Any, class_name: str = "p-4 md:p-6", **props: Any) -> rx.Component:
    """A surface with a border, for related content."""
    return rx.el.section(*children, class_name=f"card {class_name}", **props)


def claimed_sessions(lines: Any) -> rx.Component:
    """A list of claimed sessions with their credit. `lines` are `view_models.ReceiptLine`."""

    def line(session: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                rx.el.p(session.title, class_name="font-semibold"),
                rx.el.p(
                    session.when,
                    rx.cond(session.on_demand, text.claim.CLAIMED_ON_DEMAND, ""),
                    class_name="text-15 text-muted",
                ),
                rx.cond(
                    session.more != "",
                    rx.el.p(session.more, class_name="text-15 text-muted"),
                ),
                class_name="min-w-0 flex-1",
            ),
            rx.el.p(session.amount, class_name="tabular-nums"),
            class_name="flex gap-4 border-b border-line py-3 last:border-0",
        )

    return rx.el.ul(rx.foreach(lines, line), role="list")


def summary_list(*rows: rx.Component) -> rx.Component:
    """A description list of `summary_row`s, to check before submission."""
    return rx.el.dl(*rows)


def summary_row(name: Any, value: Any) -> rx.Component:
    """A name with its value."""
    return rx.el.div(
        rx.el.dt(name, class_name="text-15 text-muted"),
        rx.el.dd(value, class_name="font-semibold"),
        class_name="flex flex-wrap justify-between gap-x-4 border-b border-line py-3 last:border-0",
    )


def figure_rows(figures: Any) -> rx.Component:
    """A `summary_row` for each `view_models.FigureView` of a list."""
    return rx.fragment(rx.foreach(figures, lambda figure: summary_row(figure.label, figure.amount)))
