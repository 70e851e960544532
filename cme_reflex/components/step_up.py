"""Ways to a stronger sign-in, which lead back to the page."""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import plain_link
from cme_reflex.components.messages.notices import notice
from cme_reflex.routes import StepUp, step_up_address
from cme_reflex.services.meetings.branding import current_meeting


def step_up_notice(title: str, reason: str, *, page: str) -> rx.Component:
    """A notice that says what a badge does not show, with links to sign in and come back."""
    meeting = current_meeting()
    sso = meeting.single_sign_on
    account = (
        sso.label if sso else text.step_up.ACCOUNT.format(account=meeting.provider.account_name)
    )
    return notice(
        rx.el.p(reason),
        rx.el.div(
            _link(text.step_up.LINK, step_up_address(page, StepUp.LINK)),
            _link(sso.label if sso else account, step_up_address(page, StepUp.ACCOUNT)),
            class_name="flex flex-wrap gap-3 pt-3",
        ),
        title=title,
        class_name="max-w-text",
    )


def _link(label: str, href: str) -> rx.Component:
    return plain_link(
        label,
        href=href,
        class_name="button button-secondary min-w-0 !text-15 [overflow-wrap:anywhere]",
    )
