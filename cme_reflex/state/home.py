"""The claim's home: the task list, the lines, and what is in the way."""

import reflex as rx

from cme_reflex import words
from cme_reflex.domain.claim import blocks
from cme_reflex.domain.credit import from_hours
from cme_reflex.domain.submission import Status
from cme_reflex.services import claim, evaluation, reopening, selection, submission
from cme_reflex.services.claim import Standing
from cme_reflex.services.clock import clock
from cme_reflex.services.visit import Visit
from cme_reflex.state import shown, views
from cme_reflex.state.base import ClaimPage, authenticated, command


class Home(ClaimPage, rx.State):
    """What `/claim` shows. `undo_id` is the session that Undo would bring back."""

    lines: list[views.LineView] = []
    conflicts: list[views.ConflictView] = []
    blocked: bool = False
    evaluations: str = ""
    evaluations_required: bool = False
    evaluated: bool = False
    overall: str = ""
    receipt: views.ReceiptView = views.ReceiptView()
    reopened: str = ""
    may_reopen: bool = False
    undo_id: int = 0
    undo_title: str = ""

    @rx.event
    @authenticated
    async def load(self, visit: Visit):
        """Rebuild the page from the database."""
        self._set(undo_id=0, undo_title="")
        await self._show(visit, await claim.standing(visit))

    @rx.event
    @authenticated
    async def refresh(self, visit: Visit):
        """Take in what other screens changed; Undo stays."""
        await self._show(visit, await claim.standing(visit))

    @rx.event
    @command
    async def remove(self, visit: Visit, session_id: int):
        """Take a session off the claim; Undo brings it back."""
        standing = await selection.remove_session(visit, session_id, now=clock())
        title = visit.programme.session(session_id).title
        self._set(undo_id=session_id, undo_title=title)
        await self._show(visit, standing, announcement=words.claim.REMOVED.format(title=title))

    @rx.event
    @command
    async def undo(self, visit: Visit, session_id: int):
        """Bring a session back that was removed, with its hours and answers."""
        standing = await selection.add_session(visit, session_id, now=clock())
        if self.undo_id == session_id:
            self._set(undo_id=0, undo_title="")
        await self._show(visit, standing, announcement=words.claim.BROUGHT_BACK)

    @rx.event
    @command
    async def set_hours(self, visit: Visit, session_id: int, hours: str):
        """Claim less than a session's credit, or all of it."""
        standing = await selection.set_hours(visit, session_id, from_hours(hours), now=clock())
        await self._show(visit, standing, announcement=words.shell.SAVED)

    @rx.event
    @command
    async def set_safety(self, visit: Visit, session_id: int, hours: str):
        """Lower a line's Patient Safety, or raise it again."""
        standing = await selection.set_safety(visit, session_id, from_hours(hours), now=clock())
        await self._show(visit, standing, announcement=words.shell.SAVED)

    @rx.event
    @command
    async def set_on_demand(self, visit: Visit, session_id: int, on_demand: bool):
        """Say whether a session was watched on demand."""
        standing = await selection.set_on_demand(visit, session_id, on_demand, now=clock())
        await self._show(visit, standing, announcement=words.shell.SAVED)

    @rx.event
    @authenticated
    async def reopen(self, visit: Visit):
        """Reopen one's own claim, where the meeting allows it."""
        standing = await reopening.reopen_own(visit, now=clock())
        await self._show(visit, standing, announcement=words.claim.OPEN_AGAIN)

    async def _show(self, visit: Visit, standing: Standing, *, announcement: str = "") -> None:
        answers = await evaluation.answers(visit)
        meeting = visit.meeting
        done = sum(
            meeting.session_form.is_complete(answers.of_session(line.session_id))
            for line in standing.claim.lines
        )
        status = standing.claim.status
        receipt = None if status is Status.DRAFT else await submission.last_receipt(visit)
        deadline = standing.claim.reopened_until or meeting.claim.closes_at
        self._show_standing(visit, standing, announcement=announcement)
        self._set(
            lines=shown.line_views(standing, visit.programme, answers),
            # Where nothing can be changed there is no advice what to change.
            conflicts=[]
            if self.locked
            else shown.conflict_views(standing.conflicts, visit.programme),
            blocked=blocks(standing.conflicts, meeting.overlap_policy),
            evaluations=words.home.DONE_OF.format(done=done, all=len(standing.claim.lines)),
            evaluated=bool(standing.claim.lines) and done == len(standing.claim.lines),
            evaluations_required=meeting.claim.session_evaluations_required,
            overall=shown.overall_status(meeting.overall_form, answers.overall),
            reopened=words.home.reopened(deadline, meeting.zone)
            if status is Status.REOPENED
            else "",
            may_reopen=status is Status.SUBMITTED and meeting.claim.attendee_may_reopen,
            receipt=shown.receipt_view(receipt, visit.programme)
            if receipt
            else views.ReceiptView(),
        )
