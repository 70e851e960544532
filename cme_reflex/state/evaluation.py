"""State of a session's evaluation; each answer is saved when it is session_answers."""

import reflex as rx

from cme_reflex import text
from cme_reflex.domain.claims.claim import NotInClaim
from cme_reflex.domain.evaluations.form import Form
from cme_reflex.domain.programme.programme import NotEligible
from cme_reflex.services.claims import claim, claim_lines
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.clock import clock
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.base import ClaimPage, authenticated, command
from cme_reflex.state.views import presenters, view_models


class Evaluation(ClaimPage, rx.State):
    """State of `/evaluation?session=…`."""

    session_id: int = 0
    title: str = ""
    when: str = ""
    questions: list[view_models.QuestionView] = []
    progress: str = ""
    done: bool = False
    addable: bool = False

    @rx.event
    @authenticated
    async def load(self, context: RequestContext):
        """Rebuild the page from the address and the database."""
        self._set(
            session_id=0, title="", when="", questions=[], progress="", locked="", addable=False
        )
        parameter = self.router.url.query_parameters.get("session", "")
        if not (parameter.isascii() and parameter.isdigit() and len(parameter) < 10):
            raise NotEligible(parameter)
        session = context.programme.session(int(parameter))
        zone = context.meeting.zone
        self._set(
            session_id=session.id,
            title=session.title,
            when=text.dates.day_span(session.starts_at, session.ends_at, zone),
        )
        await self._show(context, await claim.load_summary(context, now=clock()))

    @rx.event
    @authenticated
    async def refresh(self, context: RequestContext):
        """Show changes made in other tabs; without a valid session in the address, do nothing."""
        if self.session_id:
            await self._show(context, await claim.load_summary(context, now=clock()))

    # An answer names its session: one that was queued offline may arrive when the page shows
    # another session.

    @rx.event
    @command("session_id", "question", label=text.queue.ANSWER)
    async def answer(
        self, context: RequestContext, session_id: int, question: str, value: str | int | bool
    ):
        """Save one answer about a session; an empty value deletes it."""
        summary = await evaluation_answers.answer_session(
            context, session_id, question, value, now=clock()
        )
        await self._show(context, summary, announcement=text.shell.SAVED)

    @rx.event
    @command("session_id", "question", "option", label=text.queue.OPTION)
    async def choose(
        self, context: RequestContext, session_id: int, question: str, option: str, chosen: bool
    ):
        """Save whether one of several options is selected in an answer about a session."""
        summary = await evaluation_answers.toggle_session_option(
            context, session_id, question, option, chosen, now=clock()
        )
        await self._show(context, summary, announcement=text.shell.SAVED)

    @rx.event
    @command("session_id", label=text.queue.ADD)
    async def add(self, context: RequestContext, session_id: int):
        """Add a session that was removed, such as in another tab, with its hours and answers."""
        summary = await claim_lines.add_session(context, session_id, now=clock())
        added = text.claim.ADDED.format(title=context.programme.session(session_id).title)
        await self._show(context, summary, announcement=added)

    async def _show(
        self, context: RequestContext, summary: ClaimSummary, *, announcement: str = ""
    ) -> None:
        self._show_summary(context, summary, announcement=announcement)
        on_claim = any(line.session_id == self.session_id for line in summary.claim.lines)
        self._set(addable=not (self.locked or on_claim))
        if self.addable:
            # A session that is not on the claim, such as after Remove, cannot be evaluated.
            self._set(locked=text.errors.error_message(NotInClaim(), context.meeting.zone))
        session_answers = (await evaluation_answers.load_answers(context)).of_session(
            self.session_id
        )
        form: Form = context.meeting.session_form
        self._set(
            questions=presenters.question_views(form, session_answers),
            progress=presenters.evaluation_progress(form, session_answers),
            done=form.is_completed_by(session_answers),
        )
