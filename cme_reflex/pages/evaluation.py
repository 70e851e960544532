"""Evaluation page of one session."""

import reflex as rx

from cme_reflex import text
from cme_reflex.components.claim.questions import questions
from cme_reflex.components.controls.buttons import button, button_link
from cme_reflex.components.layout.claim_page import claim_page
from cme_reflex.components.layout.connection import save_status
from cme_reflex.components.layout.header_actions import signed_in_actions
from cme_reflex.components.layout.shell import action_bar, page_title
from cme_reflex.components.layout.skeleton import skeleton_lines
from cme_reflex.components.messages.notices import notice
from cme_reflex.components.page_hooks import COMMAND
from cme_reflex.routes import HOME
from cme_reflex.state.error_banner import ErrorBanner
from cme_reflex.state.evaluation import Evaluation


def evaluation() -> rx.Component:
    """The questions of the meeting's session form."""
    return claim_page(
        Evaluation,
        rx.el.p(text.evaluation.TITLE, class_name="-mb-4 text-15 font-semibold text-muted"),
        page_title(
            rx.cond(Evaluation.title != "", Evaluation.title, text.evaluation.LOADING),
            lead=Evaluation.when,
        ),
        rx.cond(
            Evaluation.locked != "",
            notice(rx.el.p(Evaluation.locked), rx.cond(Evaluation.addable, _add()), tone="info"),
        ),
        rx.cond(
            Evaluation.ready,
            rx.el.div(
                questions(Evaluation, Evaluation.session_id),
                custom_attrs={"data-cme-subject": Evaluation.title},
            ),
            skeleton_lines(6),
        ),
        banner=ErrorBanner,
        bar=action_bar(
            rx.el.div(
                rx.el.p(Evaluation.progress, class_name="font-semibold"),
                rx.el.p(
                    rx.cond(Evaluation.locked == "", text.evaluation.AT_ONCE, ""),
                    save_status(),
                    class_name="flex gap-3 text-13 text-muted",
                ),
            ),
            button_link(text.evaluation.BACK, href=f"{HOME}#line-{Evaluation.session_id}"),
        ),
        actions=signed_in_actions(),
    )


def _add() -> rx.Component:
    return rx.el.p(
        button(
            text.sessions.ADD,
            rx.el.span(text.sessions.ABOUT.format(title=Evaluation.title), class_name="sr-only"),
            kind="secondary",
            pending=True,
            on_click=Evaluation.add(Evaluation.session_id, COMMAND),
            custom_attrs={"data-cme-subject": Evaluation.title},
        ),
        class_name="pt-2",
    )
