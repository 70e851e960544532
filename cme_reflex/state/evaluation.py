"""The evaluation of one session, saved question by question."""

import reflex as rx

from cme_reflex import words
from cme_reflex.domain.evaluation import Form
from cme_reflex.domain.programme import NotEligible
from cme_reflex.domain.submission import NotInClaim
from cme_reflex.services import claim, evaluation
from cme_reflex.services.claim import Standing
from cme_reflex.services.clock import clock
from cme_reflex.services.visit import Visit
from cme_reflex.state import shown, views
from cme_reflex.state.base import ClaimPage, authenticated, command


class Evaluation(ClaimPage, rx.State):
    """What `/evaluation?session=…` shows."""

    session_id: int = 0
    title: str = ""
    when: str = ""
    questions: list[views.QuestionView] = []
    progress: str = ""
    done: bool = False

    @rx.event
    @authenticated
    async def load(self, visit: Visit):
        """Rebuild the page from the address and the database."""
        self._set(session_id=0, title="", when="", questions=[], progress="", locked="")
        asked = self.router.url.query_parameters.get("session", "")
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
            raise NotEligible(asked)
        session = visit.programme.session(int(asked))
        zone = visit.meeting.zone
        self._set(
            session_id=session.id,
            title=session.title,
            when=words.dates.day_span(session.starts_at, session.ends_at, zone),
        )
        await self._show(visit, await claim.standing(visit))

    @rx.event
    @authenticated
    async def refresh(self, visit: Visit):
        """Take in what other screens changed, unless the address named no session."""
        if self.session_id:
            await self._show(visit, await claim.standing(visit))

    # An answer says which session it is about: one that was kept while away may arrive when
    # the page is another session's.

    @rx.event
    @command
    async def answer(self, visit: Visit, session_id: int, question: str, value: str | int | bool):
        """Keep one answer about a session; an empty value takes it back."""
        standing = await evaluation.answer_session(visit, session_id, question, value, now=clock())
        await self._show(visit, standing, announcement=words.shell.SAVED)

    @rx.event
    @command
    async def choose(self, visit: Visit, session_id: int, question: str, option: str, chosen: bool):
        """Keep that one of several options about a session is chosen, or is not."""
        standing = await evaluation.tick_session(
            visit, session_id, question, option, chosen, now=clock()
        )
        await self._show(visit, standing, announcement=words.shell.SAVED)

    async def _show(self, visit: Visit, standing: Standing, *, announcement: str = "") -> None:
        self._show_standing(visit, standing, announcement=announcement)
        on_claim = any(line.session_id == self.session_id for line in standing.claim.lines)
        if not (self.locked or on_claim):
            # What is not on it, as after Remove, cannot be answered.
            self._set(locked=words.errors.problem(NotInClaim(), visit.meeting.zone))
        given = (await evaluation.answers(visit)).of_session(self.session_id)
        form: Form = visit.meeting.session_form
        self._set(
            questions=shown.question_views(form, given),
            progress=shown.progress(form, given),
            done=form.is_complete(given),
        )
