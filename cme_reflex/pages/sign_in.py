"""Signing in: one card with two ways. Static HTML, so it works before any script runs."""

from typing import Any

import reflex as rx

from cme_reflex import words
from cme_reflex.branding import current_meeting
from cme_reflex.components.buttons import button, plain_link
from cme_reflex.components.cards import card
from cme_reflex.components.fields import text_field
from cme_reflex.components.forms import post_form
from cme_reflex.components.icons import icon
from cme_reflex.components.sentences import sentence
from cme_reflex.components.shell import help_contact, shell
from cme_reflex.components.told import told
from cme_reflex.domain.meeting import SingleSignOn
from cme_reflex.routes import ASK_LINK, SIGN_IN, SSO


def sign_in() -> rx.Component:
    """The two ways in, with every message that the server may send the browser back with."""
    meeting = current_meeting()
    sso = meeting.single_sign_on
    return shell(
        rx.el.div(
            rx.el.div(
                rx.el.h1(meeting.name, class_name="text-24 md:text-32"),
                rx.el.p(words.sign_in.WHAT, class_name="text-muted"),
                class_name="grid gap-2",
            ),
            _told("signed-out", words.sign_in.SIGNED_OUT, tone="done"),
            _told("password-set", words.sign_in.PASSWORD_SET, tone="done"),
            _told("expired", tone="info"),
            _told("choice-expired", tone="info"),
            *_waits(sso),
            card(
                _way(words.sign_in.WITH_BADGE, _with_number(), opened=True),
                _with_single_sign_on(sso)
                if sso
                else _way(meeting.provider.account_name, _as_member()),
                class_name="divide-y divide-line overflow-hidden",
            ),
            plain_link(
                words.sign_in.SEND_A_LINK,
                href=ASK_LINK,
                class_name="inline-flex min-h-11 w-fit items-center text-15 font-semibold",
            ),
            _where_is_my_number(),
            class_name="mx-auto grid w-full max-w-[28rem] gap-5",
        ),
    )


def _way(title: str, form: rx.Component, *, opened: bool = False) -> rx.Component:
    """One way to sign in. Opening one closes the other: they share a name."""
    return rx.el.details(
        rx.el.summary(
            rx.el.h2(title, class_name="text-17"),
            icon("down", class_name="text-muted transition-transform group-open:rotate-180"),
            class_name="flex min-h-14 items-center justify-between px-4 py-3 md:px-6 "
            "focus-visible:-outline-offset-4",
        ),
        form,
        class_name="group",
        custom_attrs={"name": "way", **({"open": True} if opened else {})},
    )


def _with_number() -> rx.Component:
    return _form(
        "badge",
        _told("not-recognised"),
        _told("missing"),
        text_field(
            words.sign_in.LAST_NAME,
            field_id="last-name",
            name="last_name",
            auto_complete="family-name",
            auto_capitalize="words",
            spell_check=False,
            required=True,
        ),
        text_field(
            words.sign_in.NUMBER,
            field_id="number",
            name="number",
            auto_complete="off",
            auto_capitalize="characters",
            spell_check=False,
            required=True,
        ),
    )


def _as_member() -> rx.Component:
    return _form(
        "member",
        _told("member-not-recognised"),
        _told("member-missing"),
        _told("member-not-registered"),
        text_field(
            words.sign_in.USERNAME,
            field_id="username",
            name="username",
            auto_complete="username",
            auto_capitalize="none",
            spell_check=False,
            required=True,
        ),
        text_field(
            words.sign_in.PASSWORD,
            field_id="password",
            name="password",
            type="password",
            auto_complete="current-password",
            required=True,
        ),
    )


def _with_single_sign_on(sso: SingleSignOn) -> rx.Component:
    """In the place of the password: it is asked for by the society, and never here."""
    return rx.el.div(
        *(_told(f"sso-{fault}") for fault in ("only", "failed", "cancelled", "unavailable")),
        _told("sso-unknown"),
        _told("member-not-registered"),
        plain_link(sso.label, href=SSO, class_name="button button-secondary w-full"),
        class_name="grid gap-4 px-4 py-5 md:px-6",
    )


def _waits(sso: SingleSignOn | None) -> list[rx.Component]:
    label = sso.label if sso else ""
    return [
        _told(f"wait-{minutes}", words.sign_in.wait(minutes, label))
        for minutes in words.sign_in.WAITS
    ]


def _form(way: str, *children: Any) -> rx.Component:
    return post_form(
        *children,
        rx.el.input(type="hidden", name="way", value=way, read_only=True),
        button(words.sign_in.LOG_IN, type="submit", class_name="mt-1 w-full"),
        action=SIGN_IN,
        class_name="grid gap-4 px-4 pb-5 md:px-6 md:pb-6",
    )


def _told(code: str, text: str = "", *, tone: Any = "warning") -> rx.Component:
    """A message of the sign-in, by the code in the address."""
    return told(code, text or words.sign_in.ERRORS[code], tone=tone)


def _where_is_my_number() -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            icon("chevron", class_name="transition-transform group-open:rotate-90"),
            words.sign_in.WHERE_IS_IT,
            class_name="inline-flex min-h-11 items-center gap-1.5 text-15 font-semibold "
            "text-accent",
        ),
        rx.el.div(
            rx.el.p(words.sign_in.IT_IS_HERE),
            rx.el.p(
                *sentence(
                    words.sign_in.NEITHER,
                    link=plain_link(words.sign_in.NEITHER_LINK, href=ASK_LINK),
                    contact=help_contact(),
                ),
            ),
            class_name="grid gap-2 pb-2 text-15 text-muted",
        ),
        class_name="group",
    )
