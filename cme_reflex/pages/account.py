"""Account page: a person's claims by year, and the transcript."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.claim.totals import number
from cme_reflex.components.controls.buttons import button, button_link, page_link, plain_link
from cme_reflex.components.controls.forms import post_form
from cme_reflex.components.controls.icons import icon
from cme_reflex.components.layout.claim_page import claim_page
from cme_reflex.components.layout.header_actions import signed_in_actions
from cme_reflex.components.layout.shell import action_bar, page_title
from cme_reflex.components.layout.skeleton import skeleton_lines
from cme_reflex.components.meeting import address, meeting
from cme_reflex.components.messages.interpolation import interpolate, pluralize
from cme_reflex.components.own_sign_ins import own_sign_ins
from cme_reflex.components.step_up import step_up_notice
from cme_reflex.routes import (
    ACCOUNT,
    HOME,
    OTHER_MEETING,
    REPORTING,
    TRANSCRIPT_CSV,
    TRANSCRIPT_PDF,
)
from cme_reflex.state.account import Account
from cme_reflex.state.error_banner import ErrorBanner


def account() -> rx.Component:
    """Unsubmitted claims, then submitted claims by year, and the transcript downloads."""
    return claim_page(
        Account,
        page_title(text.account.TITLE, lead=rx.cond(Account.ready, Account.account.name, " ")),
        rx.cond(Account.ready, _claims(), skeleton_lines(6)),
        rx.cond(Account.ready, own_sign_ins(Account.sign_ins, on_end=Account.end_sign_in)),
        banner=ErrorBanner,
        bar=_bar(),
        actions=signed_in_actions(account=False),
    )


def _claims() -> rx.Component:
    submitted = Account.account.years.length() > 0
    return rx.fragment(
        rx.cond(
            submitted | (Account.account.withdrawn.length() > 0), rx.fragment(), _nothing_yet()
        ),
        rx.cond(Account.account.open.length() > 0, _open_claims(submitted)),
        rx.foreach(Account.account.years, _year),
        rx.cond(Account.account.withdrawn.length() > 0, _withdrawn_claims()),
        rx.cond(
            Account.account.is_complete,
            rx.cond(submitted, _ownership_note()),
            step_up_notice(text.step_up.ACCOUNT_TITLE, text.step_up.OTHER_MEETINGS, page=ACCOUNT),
        ),
    )


def _bar() -> rx.Component:
    """The action bar: the total with the transcript downloads, or the link to the claim."""
    return rx.cond(
        Account.account.years.length() > 0,
        action_bar(
            rx.el.div(
                rx.el.p(
                    *interpolate(
                        text.account.TOTAL,
                        text_class="text-15 text-muted",
                        amount=number(Account.account.total.amount, class_name="text-20 font-bold"),
                        of=Account.account.total.of,
                    ),
                    class_name="flex items-baseline gap-1 whitespace-nowrap",
                ),
                rx.el.p(
                    rx.cond(
                        Account.account.total.others != "",
                        text.account.CLAIMS_AND_OTHERS.format(
                            claims=Account.account.claims, others=Account.account.total.others
                        ),
                        Account.account.claims,
                    ),
                    class_name="text-13 text-muted",
                ),
                class_name="grid min-w-0 gap-1",
            ),
            plain_link(
                text.account.TRANSCRIPT_CSV,
                href=TRANSCRIPT_CSV,
                class_name="button button-secondary",
            ),
            plain_link(
                text.account.TRANSCRIPT_PDF,
                href=TRANSCRIPT_PDF,
                class_name="button button-primary",
            ),
        ),
        action_bar(
            rx.el.p(text.account.NO_TRANSCRIPT, class_name="text-15 text-muted"),
            button_link(text.account.TO_CLAIM, href=HOME),
        ),
    )


def _nothing_yet() -> rx.Component:
    return rx.el.div(
        rx.el.h2(text.account.NOTHING_YET, class_name="text-20"),
        rx.el.p(text.account.NOTHING_YET_TEXT),
        class_name="grid max-w-text gap-2",
    )


def _open_claims(submitted: Any) -> rx.Component:
    """Unsubmitted claims. They have links only if the bar has the transcripts instead."""

    def claim(entry: Any) -> rx.Component:
        return rx.el.li(
            rx.el.div(
                _heading(entry),
                rx.el.p(entry.status, class_name="pt-2 text-15"),
                _reporting(entry),
                class_name="grid min-w-0 flex-1 basis-64 gap-0.5",
            ),
            _to_other_meeting(entry),
            rx.cond(
                submitted & (entry.act != ""),
                button_link(entry.act, href=HOME, kind="secondary", class_name="!text-15"),
            ),
            key=entry.key,
            class_name="flex flex-wrap items-center justify-between gap-4 p-4 md:px-6 md:py-5",
        )

    return rx.el.section(
        rx.cond(submitted, rx.el.h2(text.account.OPEN, class_name="text-20")),
        rx.el.ul(
            rx.foreach(Account.account.open, claim),
            role="list",
            class_name="card divide-y divide-line",
        ),
        class_name="grid gap-2",
    )


def _withdrawn_claims() -> rx.Component:
    """Claims that staff have withdrawn, with their certificates, which say so."""

    def claim(entry: Any) -> rx.Component:
        return rx.el.li(
            _heading(entry),
            _line("warning", entry.status, "text-warm"),
            _reporting(entry),
            _versions(entry),
            _to_other_meeting(entry),
            key=entry.key,
            class_name="grid gap-2 p-4 md:px-6 md:py-5",
        )

    return rx.el.section(
        rx.el.h2(text.account.WITHDRAWN, class_name="text-20"),
        rx.el.ul(
            rx.foreach(Account.account.withdrawn, claim),
            role="list",
            class_name="card divide-y divide-line",
        ),
        id="withdrawn",
        class_name="grid gap-2",
    )


def _year(year: Any) -> rx.Component:
    return rx.el.section(
        rx.el.div(
            rx.el.h2(year.year, class_name="text-24"),
            rx.el.p(
                *interpolate(
                    text.account.YEAR_TOTAL,
                    text_class="text-15 text-muted",
                    amount=rx.el.span(year.total.amount, class_name="text-20 font-bold"),
                    of=rx.cond(
                        year.total.others != "",
                        text.account.AND_OTHERS.format(of=year.total.of, others=year.total.others),
                        year.total.of,
                    ),
                ),
            ),
            class_name="flex flex-wrap items-baseline justify-between gap-x-4",
        ),
        rx.el.ul(
            rx.foreach(year.claims, _entry),
            role="list",
            class_name="card divide-y divide-line",
        ),
        key=year.year,
        id=f"year-{year.year}",
        class_name="grid gap-2",
    )


def _entry(entry: Any) -> rx.Component:
    """A submitted claim: hours, certificate, reporting status, and replaced versions."""
    return rx.el.li(
        rx.el.div(
            rx.el.div(_heading(entry), class_name="min-w-0 flex-1 basis-64"),
            _figures(entry),
            class_name="flex flex-wrap items-start justify-between gap-x-6 gap-y-3",
        ),
        rx.cond(
            entry.status == text.account.SUBMITTED,
            _line(
                "check",
                text.account.SUBMITTED_ON.format(when=entry.valid.submitted),
                "text-done",
            ),
            _line("info", entry.status, "text-accent"),
        ),
        rx.cond(entry.valid.less != "", rx.el.p(entry.valid.less, class_name="text-15 text-muted")),
        _reporting(entry),
        rx.el.div(
            rx.foreach(
                entry.valid.certificates,
                lambda certificate: plain_link(
                    certificate.label,
                    href=address(certificate.href),
                    key=certificate.href,
                    class_name="inline-block py-2.5 text-15 font-semibold tabular-nums",
                ),
            ),
            rx.cond(entry.act != "", _link(entry.act, HOME)),
            rx.cond(entry.report != "", _link(entry.report, REPORTING)),
            class_name="-my-1 flex flex-wrap gap-x-6",
        ),
        _to_other_meeting(entry),
        rx.cond(entry.replaced.length() > 0, _replaced(entry)),
        key=entry.key,
        class_name="grid gap-2 p-4 md:px-6 md:py-5",
    )


def _link(label: Any, href: str) -> rx.Component:
    return page_link(label, href=href, class_name="inline-block py-2.5 text-15 font-semibold")


def _heading(entry: Any) -> rx.Component:
    return rx.fragment(
        rx.el.h3(entry.meeting, class_name="text-17"),
        rx.el.p(entry.when, class_name="text-15 text-muted"),
        rx.el.p(entry.registered, class_name="text-15 text-muted"),
    )


def _figures(entry: Any) -> rx.Component:
    """The amounts of the valid version, with the labels of their types."""

    def figure(credit: Any, at: Any) -> rx.Component:
        return rx.el.div(
            rx.el.dt(credit.label, class_name="text-13 text-muted"),
            rx.el.dd(credit.amount, class_name=rx.cond(at == 0, "text-20 font-bold", "text-20")),
            key=credit.label,
            class_name="flex flex-col-reverse justify-end",
        )

    return rx.el.dl(
        rx.foreach(entry.valid.credits, figure),
        class_name="flex flex-wrap gap-x-6 md:text-right",
    )


def _reporting(entry: Any) -> rx.Component:
    """The reporting status at ACCME, with an icon, so that color is not the only sign."""
    message = rx.cond(
        entry.reason != "",
        text.account.REASON.format(reporting=entry.reporting, reason=entry.reason),
        entry.reporting,
    )
    return rx.cond(
        entry.reporting != "",
        rx.match(
            entry.tone,
            ("done", _line("check", message, "text-done")),
            ("warning", _line("warning", message, "text-warm")),
            _line("info", message, "text-muted"),
        ),
    )


def _to_other_meeting(entry: Any) -> rx.Component:
    """The button that signs in to the meeting of another entry, and opens the claim there."""
    return rx.cond(
        entry.other != "",
        post_form(
            rx.el.input(type="hidden", name="registration", value=entry.other, read_only=True),
            button(
                text.account.TO_OTHER.format(meeting=entry.short_name),
                kind="secondary",
                type="submit",
                class_name="!text-15",
            ),
            action=OTHER_MEETING,
            class_name="justify-self-start",
        ),
    )


def _line(icon_name: str, message: Any, color: str) -> rx.Component:
    """A line of text with an icon, aligned with its first line."""
    return rx.el.p(
        icon(icon_name),
        rx.el.span(message),
        class_name=f"flex items-start gap-1.5 text-15 [&>svg]:mt-0.5 {color}",
    )


def _replaced(entry: Any) -> rx.Component:
    return rx.el.details(
        rx.el.summary(
            icon("chevron", class_name="transition-transform group-open:rotate-90"),
            pluralize(text.account.EARLIER, entry.replaced.length()),
            class_name="flex min-h-11 w-fit items-center gap-1.5 text-15 text-muted",
        ),
        _versions(entry),
        class_name="group",
    )


def _versions(entry: Any) -> rx.Component:
    """The versions of a claim that are not valid, with their certificates."""

    def version(old: Any) -> rx.Component:
        return rx.el.li(
            *interpolate(
                text.account.OLD,
                claimed=old.claimed,
                submitted=old.submitted,
                certificates=rx.fragment(
                    rx.foreach(
                        old.certificates,
                        lambda certificate: plain_link(
                            text.account.OLD_CERTIFICATE.format(
                                certificate=certificate.label, state=old.state
                            ),
                            href=address(certificate.href),
                            key=certificate.href,
                            class_name="mr-3 inline-block py-1.5 tabular-nums",
                        ),
                    )
                ),
            ),
            key=old.number,
            class_name="py-1",
        )

    return rx.el.ul(
        rx.foreach(entry.replaced, version),
        role="list",
        class_name="border-l-2 border-line pl-4 text-15 text-muted",
    )


def _ownership_note() -> rx.Component:
    """A note on which claims the account includes: the member's, or this registration's."""
    return rx.el.p(
        rx.cond(
            Account.account.member != "",
            text.account.OF_MEMBER.format(society=meeting.society, member=Account.account.member),
            text.account.OF_REGISTRATION.format(society=meeting.society),
        ),
        class_name="max-w-text text-15 text-muted",
    )
