"""Ways to a stronger sign-in, which lead back to the page."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import plain_link
from cme_reflex.components.meeting import meeting, unless_fact, when_fact
from cme_reflex.components.messages.notices import notice
from cme_reflex.routes import StepUp, step_up_address


def step_up_notice(title: str, reason: str, *, page: str) -> rx.Component:
    """A notice that says what a badge does not show, with links to sign in and come back."""
    return notice(
        rx.el.p(reason),
        rx.el.div(
            _link(text.step_up.LINK, step_up_address(page, StepUp.LINK)),
            when_fact(
                "single_sign_on",
                _link(meeting.single_sign_on, step_up_address(page, StepUp.ACCOUNT)),
            ),
            unless_fact(
                "single_sign_on",
                _link(
                    text.step_up.ACCOUNT.format(account=meeting.account_name),
                    step_up_address(page, StepUp.ACCOUNT),
                ),
            ),
            class_name="flex flex-wrap gap-3 pt-3",
        ),
        title=title,
        class_name="max-w-text",
    )


def _link(label: Any, href: str) -> rx.Component:
    return plain_link(
        label,
        href=href,
        class_name="button button-secondary min-w-0 !text-15 [overflow-wrap:anywhere]",
    )
