"""State of the submit page: overall evaluation, totals, attestation and Submit."""

from collections.abc import Collection, Sequence
from typing import Any

import reflex as rx

from cme_reflex import routes, text
from cme_reflex.domain.claims.claim import (
    ClaimIncomplete,
    MissingRequirement,
    Requirement,
    StaleRevision,
    missing_requirements,
)
from cme_reflex.domain.evaluations.form import Answers, InvalidAnswer
from cme_reflex.domain.meetings.meeting import Meeting, ProfessionBy
from cme_reflex.domain.people.names import InvalidName
from cme_reflex.domain.reporting.pars import pars_credit_type
from cme_reflex.routes import HOME
from cme_reflex.services.claims import claim, submission
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.clock import clock
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.reporting import opt_in
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.base import ClaimPage, authenticated, command, immediate
from cme_reflex.state.views import (
    credit_presenter,
    displayed_claim,
    presenters,
    view_models,
)
from cme_reflex.state.views.displayed_claim import DisplayedClaim
from cme_reflex.web.access_policy import LongText

MISSING_HREFS = {
    Requirement.LINES: "/sessions",
    Requirement.CONFLICT: "/claim#conflicts",
    Requirement.WITHDRAWN: "/claim#line-{session}",
    Requirement.SESSION_QUESTION: "/evaluation?session={session}#q-{question}",
    Requirement.OVERALL_QUESTION: "#q-{question}",
    Requirement.CREDIT: "#total-{credit}",
    Requirement.NEED: "#total-{credit}",
    Requirement.NAME: "#name-on-certificate",
    Requirement.ATTESTATION: "#attestation",
}


class Submit(ClaimPage, rx.State):
    """State of `/submit`.

    `revision` is the revision of the claim that the page shows, and `shown` the attestation of its
    content. The browser sends `shown` with the attestation and with Submit, so that both are about
    what it displayed at the tap. `attested` is an attestation of `shown` and of nothing else.
    """

    questions: list[view_models.QuestionView] = []
    choices: list[view_models.TotalView] = []
    chosen: dict[str, str] = {}
    chosen_rows: list[view_models.FigureView] = []
    credit: view_models.CreditView = view_models.CreditView()
    conflicts: list[view_models.ConflictView] = []
    lines: list[view_models.ReceiptLine] = []
    name_on_certificate: str = ""
    name_fault: str = ""
    name_image: str = ""
    profession: str = ""
    professions: list[view_models.FilterOption] = []
    profession_hint: str = ""
    profession_is_fixed: bool = False
    attested: bool = False
    confirm_again: bool = False
    changes: list[str] = []
    shown: str = ""
    reporting: str = ""  # empty where none of the types offered is reported
    missing: list[view_models.MissingView] = []
    revision: int = 0
    _displayed: tuple[DisplayedClaim, ...] = ()

    @rx.event
    @authenticated
    async def load(self, context: RequestContext):
        """Rebuild the page from the database."""
        summary = await claim.load_summary(context, now=clock())
        if summary.claim.status.is_locked:
            return rx.redirect(HOME)
        self._set(missing=[], changes=[], _displayed=())
        await self._show(context, summary)
        return None

    @rx.event
    @authenticated
    async def refresh(self, context: RequestContext):
        """Show changes made in other tabs and windows; they void the attestation."""
        await self._show(context, await claim.load_summary(context, now=clock()))

    @rx.event
    @command("question", label=text.queue.ANSWER)
    async def answer(self, context: RequestContext, question: str, value: str | int | bool):
        """Save one answer of the overall evaluation; an empty value deletes it."""
        summary = await evaluation_answers.answer_overall(context, question, value, now=clock())
        await self._show(context, summary, announcement=text.shell.SAVED)

    @rx.event
    @command("question", "option", label=text.queue.OPTION)
    async def choose(self, context: RequestContext, question: str, option: str, chosen: bool):
        """Save whether one of several options is selected."""
        summary = await evaluation_answers.toggle_overall_option(
            context, question, option, chosen, now=clock()
        )
        await self._show(context, summary, announcement=text.shell.SAVED)

    @rx.event
    @command("code", label=text.queue.AMOUNT)
    async def choose_total(self, context: RequestContext, code: str, amount: str):
        """Choose the total to claim of a credit type; an empty amount clears the choice."""
        chosen = context.meeting.credit[code].parse_shown(amount) if amount else None
        summary = await submission.choose_total(context, code, chosen, now=clock())
        await self._show_totals(context, summary)

    @rx.event
    @command("code", label=text.queue.ALL)
    async def choose_all(self, context: RequestContext, code: str):
        """Choose all credit of a primary type and its subsets that the sessions support."""
        summary = await submission.choose_all(context, code, now=clock())
        await self._show_totals(context, summary)

    @rx.event
    @command(label=text.queue.NAME)
    async def correct_name(self, context: RequestContext, name: LongText):
        """Save the name for the certificate, valid or not; the page says what is wrong with it."""
        summary = await submission.save_certificate_name(context, str(name), now=clock())
        context = await submission.with_current_attendee(context)
        await self._show(
            context, summary, announcement=text.shell.SAVED, own={displayed_claim.NAME}
        )

    @rx.event
    @command(label=text.queue.PROFESSION)
    async def correct_profession(self, context: RequestContext, profession: str):
        """Save the attendee's profession; totals of types that it is not offered are cleared."""
        if context.meeting.profession(profession) is None:
            raise InvalidAnswer("profession")
        summary = await submission.correct_profession(context, profession, now=clock())
        context = await submission.with_current_attendee(context)
        # What it changes of the totals is said by what was cleared.
        own = {displayed_claim.PROFESSION, *_total_keys(context)}
        await self._show(context, summary, announcement=text.shell.SAVED, own=own)

    @rx.event
    @authenticated
    async def attest(self, context: RequestContext, attested: bool, shown: str, refusals: int):
        """Set or clear the attestation of what the browser showed; it is saved on submission."""
        summary = await claim.load_summary(context, now=clock())
        await self._show(context, summary)
        is_current = self._is_current(shown, refusals)
        if attested and not is_current:
            # The browser draws the box anew, unchecked.
            self._set(refusals=self.refusals + 1)
        self._set(attested=attested and is_current, confirm_again=not is_current)
        if self.attested:
            self._set(changes=[])
        answers = await evaluation_answers.load_answers(context)
        invalid_name = await submission.check_name(context.attendee)
        self._update_missing(context, summary, answers, invalid_name)

    @rx.event
    @immediate(label=text.submit.SUBMIT)
    async def submit(self, context: RequestContext, shown: str, refusals: int):
        """Submit what the browser showed, or list what has changed or the missing requirements."""
        try:
            # Before the page displays the claim nothing is attested, and what is missing is listed.
            if shown and not self._is_current(shown, refusals):
                raise StaleRevision
            await submission.submit_claim(
                context, self.revision, attested=shown if self.attested else "", now=clock()
            )
        except ClaimIncomplete as incomplete:
            summary = await claim.load_summary(context, now=clock())
            await self._show(context, summary)
            return self._show_missing(context, summary, incomplete.missing)
        except StaleRevision as stale:
            summary = await self._show_again(context)
            self._set(problem=text.errors.error_message(stale, context.meeting.zone))
            # A name that was typed just before Submit may be one that cannot be printed.
            if invalid_name := await submission.check_name(context.attendee):
                return self._show_missing(
                    context, summary, [MissingRequirement(Requirement.NAME, name=invalid_name)]
                )
            return rx.set_focus("changes")
        # A reopened claim must be attested again.
        self._set(attested=False, confirm_again=False)
        return rx.redirect(HOME)

    def _show_missing(
        self,
        context: RequestContext,
        summary: ClaimSummary,
        missing: Sequence[MissingRequirement],
    ) -> Any:
        """List the missing requirements in the error summary, and return the event to focus it."""
        self._set(
            missing=presenters.missing_views(
                missing, context.programme, summary.offered, MISSING_HREFS
            ),
            announcement=text.submit.MISSING(len(missing)),
        )
        return rx.set_focus("error-summary")

    def _is_current(self, shown: str, refusals: int) -> bool:
        """Whether the browser showed what the page shows now, and no choice that was refused."""
        return shown == self.shown and refusals == self.refusals

    async def _show_again(self, context: RequestContext) -> ClaimSummary:
        """Show check-your-answers again with what has changed; it must be attested again."""
        summary, revision = await claim.load_summary(context, now=clock()), self.revision
        await self._show(context, summary)
        if not self.changes and summary.claim.revision != revision:
            self._set(changes=[text.submit.EVALUATION_CHANGED])
        self._set(confirm_again=self.confirm_again or self.attested, attested=False)
        return summary

    async def _show_totals(self, context: RequestContext, summary: ClaimSummary) -> None:
        """Show the totals that were chosen on this page."""
        await self._show(context, summary, announcement=text.shell.SAVED, own=_total_keys(context))

    async def _show(
        self,
        context: RequestContext,
        summary: ClaimSummary,
        *,
        announcement: str = "",
        own: Collection[str] = (),
    ) -> None:
        """Show the claim. `own` are the answers that this page has just changed itself."""
        answers = await evaluation_answers.load_answers(context)
        opted_in = await opt_in.load_opt_in(context)
        name = context.attendee.name_on_certificate
        invalid_name = await submission.check_name(context.attendee)
        self._show_summary(context, summary, announcement=announcement)
        self._show_changes(context, summary, own)
        self._set(
            questions=presenters.question_views(context.meeting.overall_form, answers.overall),
            choices=credit_presenter.total_views(summary, context, clock()),
            chosen=credit_presenter.chosen_totals(summary),
            chosen_rows=credit_presenter.summary_rows(summary),
            credit=credit_presenter.credit_view(summary),
            conflicts=presenters.conflict_views(summary, context.programme),
            lines=presenters.receipt_lines(summary, context.programme),
            name_on_certificate=name,
            name_fault=text.submit.name_fault(invalid_name) if invalid_name else "",
            name_image="" if invalid_name else routes.name_image(name),
            profession=context.attendee.profession,
            professions=_profession_options(context.meeting),
            profession_hint=credit_presenter.profession_hint(context, summary.offered),
            profession_is_fixed=context.meeting.profession_by is ProfessionBy.REGISTRATION,
            reporting=text.reporting.opted_in(opted_in.active if opted_in else None)
            if opted_in or pars_credit_type(summary.offered)
            else "",
            revision=summary.claim.revision,
        )
        self._update_missing(context, summary, answers, invalid_name)

    def _show_changes(
        self, context: RequestContext, summary: ClaimSummary, own: Collection[str]
    ) -> None:
        """Void the attestation if its content has changed, and say what others have changed."""
        shown = submission.attestation(context, summary)
        voided = self.attested and (shown != self.shown or summary.claim.status.is_locked)
        now = displayed_claim.displayed_claim(summary, context.attendee, context.programme)
        found = [
            change
            for before in self._displayed
            for change in displayed_claim.changes(before, now, own=own)
        ]
        self._set(
            shown=shown,
            attested=self.attested and not voided,
            confirm_again=self.confirm_again or voided,
            changes=found or self.changes,
            _displayed=(now,),
        )

    def _update_missing(
        self,
        context: RequestContext,
        summary: ClaimSummary,
        answers: Answers,
        invalid_name: InvalidName | None,
    ) -> None:
        """After a rejected submission the list shrinks as the attendee fixes its items."""
        if self.missing:
            missing = missing_requirements(
                summary.claim,
                answers,
                context.programme,
                summary.offered,
                name=invalid_name,
                attested=self.attested,
            )
            self._set(
                missing=presenters.missing_views(
                    missing, context.programme, summary.offered, MISSING_HREFS
                )
            )


def _total_keys(context: RequestContext) -> set[str]:
    return {displayed_claim.total_key(each.code) for each in context.meeting.credit}


def _profession_options(meeting: Meeting) -> list[view_models.FilterOption]:
    return [view_models.FilterOption(each.code, each.label) for each in meeting.professions]
