"""Submit page: overall evaluation, totals, reporting, attestation and Submit."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.claim.conflicts import conflicts
from cme_reflex.components.claim.explanation import question
from cme_reflex.components.claim.questions import questions
from cme_reflex.components.claim.totals import claimed_line
from cme_reflex.components.controls.buttons import button, button_link
from cme_reflex.components.controls.fields import check_field, select_field, text_field
from cme_reflex.components.layout.cards import (
    card,
    claimed_sessions,
    figure_rows,
    summary_list,
    summary_row,
)
from cme_reflex.components.layout.claim_page import claim_page
from cme_reflex.components.layout.connection import unanswered_note
from cme_reflex.components.layout.header_actions import signed_in_actions
from cme_reflex.components.layout.shell import action_bar, page_title
from cme_reflex.components.layout.skeleton import skeleton_lines
from cme_reflex.components.meeting import address, meeting
from cme_reflex.components.messages.error_summary import error_summary
from cme_reflex.components.messages.notices import notice
from cme_reflex.components.page_hooks import COMMAND, RESEND
from cme_reflex.routes import HOME, REPORTING
from cme_reflex.state.error_banner import ErrorBanner
from cme_reflex.state.submit import Submit

NAME_DEBOUNCE = 600  # milliseconds without a keystroke before the name is sent


def submit() -> rx.Component:
    """All steps from the overall evaluation to the submission, on one page."""
    return claim_page(
        Submit,
        page_title(text.submit.TITLE, lead=meeting.name),
        rx.cond(Submit.locked != "", notice(Submit.locked, tone="info")),
        error_summary(Submit.missing),
        conflicts(Submit.conflicts),
        rx.cond(
            Submit.ready,
            rx.fragment(_overall(), _totals(), _reporting(), _check()),
            skeleton_lines(6),
        ),
        banner=ErrorBanner,
        bar=rx.fragment(
            _lower_claim(),
            action_bar(
                claimed_line(Submit.credit, Submit.totals),
                button_link(text.submit.BACK, href=HOME, kind="secondary"),
                button(
                    text.submit.SUBMIT,
                    on_click=Submit.submit(Submit.shown, Submit.refusals, COMMAND),
                    disabled=Submit.locked != "",
                    pending=True,
                ),
            ),
        ),
        actions=signed_in_actions(),
    )


def _lower_claim() -> rx.Component:
    """That less is claimed than the sessions support, in words, with one tap to claim all."""
    return rx.el.div(
        rx.cond(
            (Submit.credit.less != "") & (Submit.locked == ""),
            rx.el.div(
                rx.el.p(Submit.credit.less, class_name="min-w-0 flex-1 basis-44 text-15"),
                button(
                    Submit.credit.claim_all,
                    kind="secondary",
                    pending=True,
                    on_click=Submit.choose_all(Submit.credit.claim_all_of, COMMAND),
                ),
                class_name="mb-3 flex flex-wrap items-center gap-x-3 gap-y-2 rounded-card "
                "bg-warm-wash p-2 pl-4",
            ),
        ),
        role="status",
        class_name="empty:hidden",
    )


def _overall() -> rx.Component:
    return card(rx.el.h2(text.submit.OVERALL, class_name="pb-4 text-20"), questions(Submit))


def _totals() -> rx.Component:
    return card(
        rx.el.h2(text.submit.TOTALS, class_name="text-20"),
        rx.el.p(meeting.note, class_name="text-15 text-muted"),
        rx.el.div(
            rx.foreach(Submit.choices, _total),
            class_name="grid gap-4 md:grid-cols-2",
        ),
        rx.foreach(
            Submit.choices,
            lambda total: rx.cond(total.claim_all != "", _claim_all(total)),
        ),
        class_name="grid gap-4 p-4 md:p-6",
    )


def _total(total: Any) -> rx.Component:
    """The field in which a total is chosen, and why the sessions support no more."""
    return rx.el.div(
        select_field(
            total.label,
            rx.el.option(total.none, value=""),
            rx.foreach(
                total.choices, lambda amount: rx.el.option(amount, value=amount, key=amount)
            ),
            field_id=f"total-{total.code}",
            hint=total.hint,
            value=Submit.chosen[total.code],
            # Drawn anew after a refusal, so that it never shows a choice that was refused.
            key=f"{total.code}-{Submit.refusals}",
            disabled=(Submit.locked != "") | total.closed,
            on_change=lambda amount: Submit.choose_total(total.code, amount, COMMAND),
        ),
        question(text.supported.WHY, total.why),
        key=total.code,
        custom_attrs={"data-cme-subject": total.label},
        class_name="row-span-2 grid grid-rows-subgrid gap-y-0",
    )


def _claim_all(total: Any) -> rx.Component:
    return button(
        total.claim_all,
        kind="secondary",
        pending=True,
        disabled=Submit.locked != "",
        on_click=Submit.choose_all(total.code, COMMAND),
        key=total.code,
        class_name="justify-self-start",
    )


def _reporting() -> rx.Component:
    """The opt-in to reporting, for those who are offered a type that is reported."""
    opt_in = card(
        rx.el.h2(
            text.submit.REPORTING_TITLE.format(programme=meeting.reporting_name),
            class_name="text-20",
        ),
        rx.el.p(meeting.reporting_text, class_name="text-15 text-muted"),
        rx.el.p(Submit.reporting, class_name="font-semibold", role="status", id="reporting"),
        rx.el.p(
            rx.el.a(
                text.submit.REPORTING,
                rx.el.span(text.submit.NEW_WINDOW, class_name="font-normal"),
                href=REPORTING,
                target="_blank",
                # A window can close itself only if it has an opener.
                rel="opener",
                class_name="inline-block py-2 font-semibold",
            )
        ),
        class_name="grid gap-3 p-4 md:p-6",
    )
    return rx.cond(Submit.reporting != "", opt_in)


def _name() -> rx.Component:
    """The field of the name, and the name as the certificate's own fonts and template draw it."""
    return rx.el.div(
        text_field(
            text.submit.NAME,
            field_id="name-on-certificate",
            hint=text.submit.NAME_HINT,
            error=Submit.name_fault,
            auto_complete="name",
            dir="auto",
            value=Submit.name_on_certificate,
            key=f"name-{Submit.refusals}",
            disabled=Submit.locked != "",
            on_change=lambda name: Submit.correct_name(name, COMMAND).debounce(NAME_DEBOUNCE),
        ),
        rx.cond(
            Submit.name_image != "",
            rx.el.div(
                rx.el.img(
                    src=address(Submit.name_image),
                    alt=text.submit.NAME_IMAGE.format(name=Submit.name_on_certificate),
                    class_name="h-16 max-w-full object-contain",
                ),
                class_name="grid justify-items-center rounded-card border border-line bg-paper p-1",
            ),
        ),
        class_name="grid gap-2",
    )


def _changes() -> rx.Component:
    """What has changed since the page showed it."""
    return rx.el.div(
        rx.cond(
            Submit.changes.length() > 0,
            notice(
                rx.el.ul(
                    rx.foreach(Submit.changes, lambda change: rx.el.li(change, key=change)),
                    class_name="list-disc pl-5",
                ),
                tone="warning",
                title=text.submit.CHANGED,
            ),
        ),
        id="changes",
        role="status",
        tab_index=-1,
        class_name="empty:hidden",
    )


def _profession() -> rx.Component:
    """The profession to choose, where the meeting lists several and attendees may correct it."""
    return rx.cond(
        Submit.professions.length() > 1,
        select_field(
            text.submit.PROFESSION,
            rx.foreach(
                Submit.professions,
                lambda option: rx.el.option(option.label, value=option.value, key=option.value),
            ),
            field_id="profession",
            hint=Submit.profession_hint,
            value=Submit.profession,
            key=f"profession-{Submit.refusals}",
            disabled=(Submit.locked != "") | Submit.profession_is_fixed,
            on_change=lambda profession: Submit.correct_profession(profession, COMMAND),
        ),
    )


def _check() -> rx.Component:
    return card(
        rx.el.h2(text.submit.CHECK, class_name="text-20"),
        _changes(),
        _name(),
        _profession(),
        rx.el.div(
            rx.el.h3(text.submit.SESSIONS, class_name="text-15"),
            claimed_sessions(Submit.lines),
        ),
        summary_list(
            summary_row(text.submit.SESSIONS, Submit.totals.sessions),
            figure_rows(Submit.chosen_rows),
        ),
        rx.el.div(
            rx.cond(Submit.confirm_again, notice(text.submit.CONFIRM_AGAIN, tone="warning")),
            role="status",
            class_name="empty:hidden",
        ),
        check_field(
            meeting.attestation,
            field_id="attestation",
            checked=Submit.attested,
            # It is about exactly what is shown: for other content there is another box.
            key=f"{Submit.shown}-{Submit.refusals}",
            on_change=lambda checked: Submit.attest(checked, Submit.shown, Submit.refusals),
            **RESEND,
        ),
        unanswered_note(text.submit.CONFIRMATION_WAITS),
        rx.el.p(
            text.submit.FINAL.format(meeting=meeting.short_name),
            class_name="text-15 text-muted",
        ),
        class_name="grid gap-4 p-4 md:p-6",
    )
