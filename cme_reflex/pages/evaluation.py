"""The evaluation of one session: one question under the other, saved as they are answered."""

import reflex as rx

from cme_reflex import words
from cme_reflex.components.account_link import signed_in_actions
from cme_reflex.components.buttons import button_link
from cme_reflex.components.claim_page import claim_page
from cme_reflex.components.connection import save_status
from cme_reflex.components.notices import notice
from cme_reflex.components.questions import questions
from cme_reflex.components.shell import action_bar, page_title
from cme_reflex.components.skeleton import skeleton_lines
from cme_reflex.routes import HOME
from cme_reflex.state.error_banner import ErrorBanner
from cme_reflex.state.evaluation import Evaluation


def evaluation() -> rx.Component:
    """The questions of the meeting's session form."""
    return claim_page(
        Evaluation,
        rx.el.p(words.evaluation.TITLE, class_name="-mb-4 text-15 font-semibold text-muted"),
        page_title(
            rx.cond(Evaluation.title != "", Evaluation.title, words.evaluation.LOADING),
            lead=Evaluation.when,
        ),
        rx.cond(Evaluation.locked != "", notice(Evaluation.locked, tone="info")),
        rx.cond(Evaluation.ready, questions(Evaluation, Evaluation.session_id), skeleton_lines(6)),
        banner=ErrorBanner,
        bar=action_bar(
            rx.el.div(
                rx.el.p(Evaluation.progress, class_name="font-semibold"),
                rx.el.p(
                    rx.cond(Evaluation.locked == "", words.evaluation.AT_ONCE, ""),
                    save_status(),
                    class_name="flex gap-3 text-13 text-muted",
                ),
            ),
            button_link(words.evaluation.BACK, href=f"{HOME}#line-{Evaluation.session_id}"),
        ),
        actions=signed_in_actions(),
    )
