"""Sign-in page: two methods in one card. Static HTML that works before any script runs."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import button, plain_link
from cme_reflex.components.controls.fields import text_field
from cme_reflex.components.controls.forms import post_form
from cme_reflex.components.controls.icons import icon
from cme_reflex.components.layout.cards import card
from cme_reflex.components.layout.shell import help_contact, shell
from cme_reflex.components.meeting import meeting, unless_fact, when_fact
from cme_reflex.components.messages.fragment_message import fragment_message
from cme_reflex.components.messages.interpolation import interpolate
from cme_reflex.routes import FORGET_BROWSER, REQUEST_LINK, SIGN_IN, SSO


def sign_in() -> rx.Component:
    """The sign-in methods, with a message for every code that the server redirects with."""
    return shell(
        rx.el.div(
            rx.el.div(
                rx.el.h1(meeting.name, class_name="text-24 md:text-32"),
                rx.el.p(text.sign_in.WHAT, class_name="text-muted"),
                class_name="grid gap-2",
            ),
            _signed_out(),
            _message("browser-forgotten", text.sign_in.BROWSER_FORGOTTEN, tone="done"),
            _message("password-set", text.sign_in.PASSWORD_SET, tone="done"),
            _message("expired", tone="info"),
            _message("choice-expired", tone="info"),
            _message("archived", tone="info"),
            when_fact("single_sign_on", *_wait_messages(meeting.single_sign_on)),
            unless_fact("single_sign_on", *_wait_messages()),
            card(
                _method(text.sign_in.WITH_BADGE, _badge_form(), is_open=True),
                when_fact("single_sign_on", _single_sign_on()),
                unless_fact("single_sign_on", _method(meeting.account_name, _member_form())),
                class_name="divide-y divide-line overflow-hidden",
            ),
            plain_link(
                text.sign_in.SEND_A_LINK,
                href=REQUEST_LINK,
                class_name="inline-flex min-h-11 w-fit items-center text-15 font-semibold",
            ),
            _number_help(),
            class_name="mx-auto grid w-full max-w-[28rem] gap-5",
        ),
    )


def _method(title: Any, form: rx.Component, *, is_open: bool = False) -> rx.Component:
    """A collapsible sign-in method. Opening one closes the other, because they share a name."""
    return rx.el.details(
        rx.el.summary(
            rx.el.h2(title, class_name="text-17"),
            icon("down", class_name="text-muted transition-transform group-open:rotate-180"),
            class_name="flex min-h-14 items-center justify-between px-4 py-3 md:px-6 "
            "focus-visible:-outline-offset-4",
        ),
        form,
        class_name="group",
        custom_attrs={"name": "way", **({"open": True} if is_open else {})},
    )


def _badge_form() -> rx.Component:
    return _form(
        "badge",
        _message("not-recognised"),
        _message("missing"),
        _message("second-number", tone="info"),
        _message("both-numbers", tone="info"),
        _message("numbers-not-recognised"),
        text_field(
            text.sign_in.LAST_NAME,
            field_id="last-name",
            name="last_name",
            auto_complete="family-name",
            auto_capitalize="words",
            spell_check=False,
            required=True,
        ),
        text_field(
            text.sign_in.NUMBER,
            field_id="number",
            name="number",
            auto_complete="off",
            auto_capitalize="characters",
            spell_check=False,
            required=True,
        ),
        # Shown where it is asked for: by the fragment, or by `web.pages.sign_in_page`.
        rx.el.div(
            text_field(
                text.sign_in.SECOND_NUMBER,
                field_id="second-number-field",
                name="second_number",
                hint=text.sign_in.SECOND_NUMBER_HINT,
                auto_complete="off",
                auto_capitalize="characters",
                spell_check=False,
            ),
            custom_attrs={"data-second-number": meeting.second_number},
        ),
    )


def _member_form() -> rx.Component:
    return _form(
        "member",
        _message("step-up", tone="info"),
        _message("member-not-recognised"),
        _message("member-missing"),
        _message("member-not-registered"),
        text_field(
            text.sign_in.USERNAME,
            field_id="username",
            name="username",
            auto_complete="username",
            auto_capitalize="none",
            spell_check=False,
            required=True,
        ),
        text_field(
            text.sign_in.PASSWORD,
            field_id="password",
            name="password",
            type="password",
            auto_complete="current-password",
            required=True,
        ),
    )


def _single_sign_on() -> rx.Component:
    """The link to the society's identity provider, instead of the password form."""
    return rx.el.div(
        _message("step-up", tone="info"),
        *(_message(f"sso-{error}") for error in ("only", "failed", "cancelled", "unavailable")),
        _message("sso-unknown"),
        _message("member-not-registered"),
        plain_link(meeting.single_sign_on, href=SSO, class_name="button button-secondary w-full"),
        class_name="grid gap-4 px-4 py-5 md:px-6",
    )


def _wait_messages(single_sign_on: Any = None) -> list[rx.Component]:
    return [
        _message(f"wait-{minutes}", text.sign_in.wait(minutes, single_sign_on))
        for minutes in text.sign_in.WAITS
    ]


def _form(method: str, *children: Any) -> rx.Component:
    return post_form(
        *children,
        rx.el.input(type="hidden", name="way", value=method, read_only=True),
        button(text.sign_in.LOG_IN, type="submit", class_name="mt-1 w-full"),
        action=SIGN_IN,
        class_name="grid gap-4 px-4 pb-5 md:px-6 md:pb-6",
    )


def _message(code: str, message: str = "", *, tone: Any = "warning") -> rx.Component:
    """A message of the sign-in, by the code in the address."""
    return fragment_message(code, message or text.sign_in.ERRORS[code], tone=tone)


def _signed_out() -> rx.Component:
    """The message after Log Out, with the choice for a shared computer."""
    return fragment_message(
        "signed-out",
        rx.el.p(text.sign_in.SIGNED_OUT),
        post_form(
            button(
                text.sign_in.FORGET_BROWSER,
                kind="quiet",
                type="submit",
                class_name="-mb-2 -ml-5 !text-15",
            ),
            action=FORGET_BROWSER,
        ),
        tone="done",
    )


def _number_help() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            icon("chevron", class_name="transition-transform group-open:rotate-90"),
            text.sign_in.WHERE_IS_IT,
            class_name="inline-flex min-h-11 items-center gap-1.5 text-15 font-semibold "
            "text-accent",
        ),
        rx.el.div(
            rx.el.p(text.sign_in.IT_IS_HERE),
            rx.el.p(
                *interpolate(
                    text.sign_in.NEITHER,
                    link=plain_link(text.sign_in.NEITHER_LINK, href=REQUEST_LINK),
                    contact=help_contact(),
                ),
            ),
            class_name="grid gap-2 pb-2 text-15 text-muted",
        ),
        class_name="group",
    )
