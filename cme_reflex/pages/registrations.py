"""Page to choose a registration, after signing in with several for this meeting."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import button, plain_link
from cme_reflex.components.controls.forms import post_form
from cme_reflex.components.layout.cards import card
from cme_reflex.components.layout.connection import connection_status
from cme_reflex.components.layout.shell import page_title, shell
from cme_reflex.components.layout.skeleton import skeleton_lines
from cme_reflex.components.meeting import meeting
from cme_reflex.components.page_hooks import load_hooks
from cme_reflex.routes import CHOOSE_REGISTRATION, SIGN_IN_FORM
from cme_reflex.state.error_banner import ErrorBanner
from cme_reflex.state.registrations import Registrations


def registrations() -> rx.Component:
    """The registrations with their numbers. Each one has a separate claim."""
    return shell(
        load_hooks(Registrations),
        rx.el.div(
            connection_status(Registrations.unavailable != "", text.registrations.UNAVAILABLE),
            page_title(
                text.registrations.TITLE,
                lead=text.registrations.LEAD.format(meeting=meeting.short_name),
            ),
            rx.cond(
                Registrations.offered.length() > 0,
                rx.el.ul(
                    rx.foreach(Registrations.offered, _registration),
                    role="list",
                    class_name="grid gap-3",
                ),
                skeleton_lines(4),
            ),
            plain_link(text.sign_in.BACK, href=SIGN_IN_FORM, class_name="w-fit py-2 text-15"),
            class_name="mx-auto grid w-full max-w-[28rem] gap-5",
        ),
        banner=ErrorBanner,
    )


def _registration(option: Any) -> rx.Component:
    return rx.el.li(
        card(
            rx.el.div(
                rx.el.h2(option.kind, class_name="text-17"),
                rx.el.p(option.numbers, class_name="text-15 text-muted"),
                class_name="min-w-0",
            ),
            post_form(
                rx.el.input(type="hidden", name="registration", value=option.value, read_only=True),
                button(
                    text.registrations.GO_ON,
                    rx.el.span(
                        text.registrations.GO_ON_WITH.format(
                            kind=option.kind, numbers=option.numbers
                        ),
                        class_name="sr-only",
                    ),
                    kind="secondary",
                    type="submit",
                ),
                action=CHOOSE_REGISTRATION,
            ),
            class_name="flex flex-wrap items-center justify-between gap-3 p-4",
        ),
        key=option.value,
    )
