"""State of the claim's home page: task list, lines, conflicts and receipt."""

import reflex as rx

from cme_reflex import text
from cme_reflex.domain.claims.claim import ClaimStatus
from cme_reflex.domain.credit.claimable import is_blocking
from cme_reflex.domain.credit.line import parse_minutes
from cme_reflex.services.claims import claim, claim_lines, reopening, submission, withdrawal
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.clock import clock
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.base import UndoPage, authenticated, command, immediate
from cme_reflex.state.views import credit_presenter, presenters, view_models


class Home(UndoPage, rx.State):
    """State of `/claim`."""

    lines: list[view_models.LineView] = []
    conflicts: list[view_models.ConflictView] = []
    blocked: bool = False
    evaluations: str = ""
    evaluations_asked: str = ""
    not_counted: str = ""
    evaluated: bool = False
    overall: str = ""
    overall_needed: str = ""
    credit: view_models.CreditView = view_models.CreditView()
    receipt: view_models.ReceiptView = view_models.ReceiptView()
    withdrawn: str = ""
    reopened: str = ""
    may_reopen: bool = False

    @rx.event
    @authenticated
    async def load(self, context: RequestContext):
        """Rebuild the page from the database."""
        await self._show(context, await claim.load_summary(context, now=clock()))

    @rx.event
    @authenticated
    async def refresh(self, context: RequestContext):
        """Show changes made in other tabs."""
        await self._show(context, await claim.load_summary(context, now=clock()))

    @rx.event
    @command("session_id", label=text.queue.REMOVE)
    async def remove(self, context: RequestContext, session_id: int):
        """Remove a session from the claim; Undo restores it."""
        summary = await claim_lines.remove_session(context, session_id, now=clock())
        title = context.programme.session(session_id).title
        await self._show(context, summary, announcement=text.claim.REMOVED.format(title=title))

    @rx.event
    @command("session_id", label=text.queue.UNDO)
    async def undo(self, context: RequestContext, session_id: int):
        """Restore a removed session with its credit and answers, and the totals it had cleared."""
        summary = await claim_lines.restore_session(context, session_id, now=clock())
        await self._show(context, summary, announcement=text.claim.BROUGHT_BACK)

    @rx.event
    @command("session_id", label=text.queue.MINUTES)
    async def set_minutes(self, context: RequestContext, session_id: int, minutes: str):
        """Set the minutes of taking part in a session, which give its credit."""
        summary = await claim_lines.set_minutes(
            context, session_id, parse_minutes(minutes), now=clock()
        )
        await self._show(context, summary, announcement=text.shell.SAVED)

    @rx.event
    @command("session_id", "code", label=text.queue.AMOUNT)
    async def set_amount(self, context: RequestContext, session_id: int, code: str, amount: str):
        """Lower the amount of a subset that is claimed for a session."""
        lowered = context.meeting.credit[code].parse_shown(amount)
        summary = await claim_lines.set_amount(context, session_id, code, lowered, now=clock())
        await self._show(context, summary, announcement=text.shell.SAVED)

    @rx.event
    @command("session_id", label=text.queue.ON_DEMAND)
    async def set_on_demand(self, context: RequestContext, session_id: int, on_demand: bool):
        """Save whether a session was watched on demand."""
        summary = await claim_lines.set_on_demand(context, session_id, on_demand, now=clock())
        await self._show(context, summary, announcement=text.shell.SAVED)

    @rx.event
    @immediate(label=text.home.REOPEN)
    async def reopen(self, context: RequestContext):
        """Reopen the attendee's own claim, if the meeting allows it."""
        summary = await reopening.reopen_own_claim(context, now=clock())
        await self._show(context, summary, announcement=text.claim.OPEN_AGAIN)

    async def _show(
        self, context: RequestContext, summary: ClaimSummary, *, announcement: str = ""
    ) -> None:
        answers = await evaluation_answers.load_answers(context)
        meeting = context.meeting
        done = sum(
            meeting.session_form.is_completed_by(answers.of_session(line.session_id))
            for line in summary.claim.lines
        )
        status = summary.claim.status
        receipt = None if status is ClaimStatus.DRAFT else await submission.latest_receipt(context)
        deadline = summary.claim.reopened_until or meeting.claim.closes_at
        self._show_summary(context, summary, announcement=announcement)
        self._set(
            lines=presenters.line_views(summary, context.programme, answers),
            # A locked claim cannot be changed, so it shows no conflicts to resolve.
            conflicts=[] if self.locked else presenters.conflict_views(summary, context.programme),
            blocked=is_blocking(
                summary.offered, summary.conflicts, meeting.overlap_policy, summary.claim.totals
            ),
            evaluations=text.home.DONE_OF.format(done=done, all=len(summary.claim.lines)),
            evaluated=bool(summary.claim.lines) and done == len(summary.claim.lines),
            evaluations_asked=text.home.asked(summary.offered, meeting),
            not_counted=credit_presenter.not_counted(summary),
            overall=presenters.overall_status(meeting.overall_form, answers.overall),
            overall_needed=text.home.overall_needed(summary.offered),
            reopened=text.home.reopened(deadline, meeting.zone)
            if status is ClaimStatus.REOPENED
            else "",
            withdrawn=await self._withdrawn(context) if status is ClaimStatus.WITHDRAWN else "",
            credit=credit_presenter.credit_view(summary),
            may_reopen=status is ClaimStatus.SUBMITTED and meeting.claim.attendee_may_reopen,
            receipt=presenters.receipt_view(receipt, context.programme)
            if receipt
            else view_models.ReceiptView(),
        )

    async def _withdrawn(self, context: RequestContext) -> str:
        entry = await withdrawal.load_withdrawal(context)
        return text.home.withdrawn(entry.at, entry.reason, context.meeting)
