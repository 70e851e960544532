"""Page shell: header with the meeting, main content, action bar, and footer with help.

The action bar is at the bottom on phones and beside the content on wide screens. It takes space in
the page, so it never covers the end of the content.
"""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import page_link, plain_link
from cme_reflex.components.layout.connection import error_banner
from cme_reflex.components.layout.logo import logo
from cme_reflex.components.meeting import meeting
from cme_reflex.components.messages.interpolation import interpolate
from cme_reflex.routes import PRIVACY

FOOTER = "footer"


def shell(
    *children: Any,
    bar: rx.Component | None = None,
    actions: rx.Component | None = None,
    banner: Any = None,
) -> rx.Component:
    """A page. `bar` is the content of the action bar, `actions` that of the header.

    A page with a live connection passes the state of its error banner as `banner`.
    """
    return rx.fragment(
        plain_link(
            text.shell.SKIP,
            href="#main",
            class_name="sr-only focus:not-sr-only focus:absolute focus:z-30 focus:m-2 "
            "focus:rounded-field focus:bg-surface focus:p-3",
        ),
        rx.el.div(
            _header(actions),
            rx.fragment() if banner is None else error_banner(banner),
            _content(children, bar),
            _footer(),
            class_name="flex min-h-dvh flex-col",
        ),
    )


def action_bar(
    about: rx.Component | None, *actions: rx.Component, below: bool = False
) -> rx.Component:
    """The content of the action bar: a summary (`about`) and the next actions.

    A single action is beside the summary, or with `below` under it; two are under it. On wide
    screens all actions are under it.
    """
    if len(actions) == 1 and not below:
        return rx.el.div(
            about,
            *actions,
            class_name="compact grid grid-cols-[minmax(0,1fr)_auto] items-center gap-3 "
            "max-[22em]:grid-cols-1 lg:grid-cols-1 lg:gap-5",
        )
    buttons = rx.el.div(
        *actions,
        class_name="compact flex flex-wrap gap-2 *:flex-auto lg:grid",
    )
    if about is None:
        return buttons
    return rx.el.div(
        about,
        buttons,
        # Landscape phones lack the height for two rows, and tablets have the width for one.
        class_name="grid gap-3 lg:gap-5 "
        "sm:max-lg:[@media(max-height:28em)]:grid-cols-[minmax(max-content,1fr)_minmax(0,auto)] "
        "sm:max-lg:[@media(max-height:28em)]:items-center "
        "md:max-lg:grid-cols-[minmax(max-content,1fr)_minmax(0,auto)] md:max-lg:items-center",
    )


def page_title(title: Any, *, lead: Any = None) -> rx.Component:
    """The page's only `h1`, with an optional lead paragraph."""
    return rx.el.div(
        rx.el.h1(title, class_name="text-24 md:text-32"),
        rx.el.p(lead, class_name="text-muted") if lead is not None else None,
        class_name="grid max-w-text gap-2",
    )


def _header(actions: rx.Component | None) -> rx.Component:
    return rx.el.header(
        rx.el.div(
            rx.el.div(
                logo(),
                rx.el.p(
                    *interpolate(
                        text.shell.HEADER,
                        # Phones need the space for the actions; screen readers get the full text.
                        text_class="text-muted" if actions is None else "text-muted max-sm:sr-only",
                        meeting=rx.el.span(meeting.short_name, class_name="font-bold text-ink"),
                    ),
                    class_name="text-15",
                ),
                class_name="flex items-center gap-2.5",
            ),
            actions or rx.fragment(),
            class_name="mx-auto flex min-h-14 w-full max-w-page flex-wrap items-center "
            "justify-between gap-x-3 px-4 py-1",
        ),
        class_name="border-b border-line bg-surface pt-[env(safe-area-inset-top)] print:hidden",
    )


def _content(children: tuple[Any, ...], bar: rx.Component | None) -> rx.Component:
    main = rx.el.main(
        *children,
        id="main",
        tab_index=-1,
        # Not a grid: a sticky element in a grid never leaves its own row.
        class_name="flex min-w-0 flex-1 flex-col gap-6 px-4 py-6 outline-none md:py-10",
    )
    if bar is None:
        return rx.el.div(main, class_name="mx-auto flex w-full max-w-page flex-1 flex-col")
    return rx.el.div(
        main,
        rx.el.section(
            bar,
            aria_label=text.shell.SO_FAR,
            class_name="action-bar sticky bottom-0 z-20 border-t border-line bg-surface px-4 pt-3 "
            "pb-[max(0.75rem,env(safe-area-inset-bottom))] shadow-float print:hidden "
            "lg:top-6 lg:bottom-auto lg:mt-10 lg:mr-4 lg:self-start "
            "lg:rounded-card lg:border lg:p-5 "
            # Not sticky at 400 % zoom or with very large text on a phone: it would cover most of
            # the content.
            "max-[16em]:static max-lg:[@media(max-height:20em)]:static",
        ),
        # The column is reserved before the bar is rendered, to avoid a layout shift.
        class_name="mx-auto flex w-full max-w-page flex-1 flex-col "
        "lg:grid lg:grid-cols-[minmax(0,1fr)_19rem] print:block",
    )


def _footer() -> rx.Component:
    return rx.el.footer(
        rx.el.div(
            rx.el.p(*interpolate(text.shell.QUESTIONS, contact=help_contact())),
            rx.el.p(*interpolate(text.shell.CLOSE_ON, deadline=deadline())),
            rx.el.p(
                page_link(
                    text.privacy.TITLE, href=PRIVACY, class_name="inline-block py-1 text-muted"
                )
            ),
            class_name="mx-auto grid w-full max-w-page gap-1 px-4 py-6 text-15 text-muted",
        ),
        id=FOOTER,
        class_name="border-t border-line print:hidden",
        aria_label=text.shell.HELP.format(meeting=meeting.short_name),
    )


def help_contact() -> rx.Component:
    """The help contact's name and e-mail address."""
    address = rx.el.a(
        meeting.help_email,
        href=f"mailto:{meeting.help_email}",
        class_name="inline-block py-1 [overflow-wrap:anywhere]",
    )
    return rx.el.span(*interpolate(text.shell.CONTACT, who=meeting.help_contact, address=address))


def deadline() -> rx.Component:
    """The end of the claim period with its time zone."""
    return rx.el.strong(meeting.deadline, class_name="inline-block font-semibold text-ink")
