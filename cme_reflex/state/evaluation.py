"""The evaluation of one session, saved question by question."""

import reflex as rx

from cme_reflex import words
from cme_reflex.domain.evaluation import Form
from cme_reflex.domain.programme import NotEligible, Session
from cme_reflex.domain.submission import NotInClaim
from cme_reflex.services import claim, evaluation
from cme_reflex.services.visit import Visit
from cme_reflex.state import shown, views
from cme_reflex.state.answers import changed
from cme_reflex.state.base import ClaimPage, clock, command, signed_in


class Evaluation(ClaimPage, rx.State):
    """What `/evaluation?session=…` shows."""

    session_id: int = 0
    title: str = ""
    when: str = ""
    questions: list[views.QuestionView] = []
    progress: str = ""
    done: bool = False

    @rx.event
    @signed_in
    async def load(self, visit: Visit):
        """Rebuild the page from the address and the database."""
        self._set(session_id=0, title="", when="", questions=[], progress="", locked="")
        asked = self.router.url.query_parameters.get("session", "")
        if not (asked.isascii() and asked.isdigit() and len(asked) < 10):
            raise NotEligible(asked)
        session = visit.programme.session(int(asked))
        zone = visit.meeting.zone
        await self._stand(visit, session)
        self._set(
            session_id=session.id,
            title=session.title,
            when=words.dates.day_span(session.starts_at, session.ends_at, zone),
        )
        await self._show(visit, session)

    @rx.event
    @signed_in
    async def refresh(self, visit: Visit):
        """Take in what other screens changed."""
        session = visit.programme.session(self.session_id)
        await self._stand(visit, session)
        await self._show(visit, session)

    @rx.event
    @command
    async def answer(self, visit: Visit, question: str, value: str | int | bool):
        """Keep one answer; an empty value takes it back."""
        session = visit.programme.session(self.session_id)
        await self._keep(visit, session, question, value)

    @rx.event
    @command
    async def choose(self, visit: Visit, question: str, option: str, chosen: bool):
        """Keep that one of several options is chosen, or is not."""
        session = visit.programme.session(self.session_id)
        given = (await evaluation.answers(visit)).of_session(session.id)
        await self._keep(visit, session, question, changed(given.get(question), option, chosen))

    async def _stand(self, visit: Visit, session: Session) -> None:
        """Show how the claim stands. What is not on it, as after Remove, cannot be answered."""
        standing = await claim.standing(visit)
        self._show_standing(visit, standing)
        on_claim = any(line.session_id == session.id for line in standing.claim.lines)
        if not (self.locked or on_claim):
            self._set(locked=words.errors.problem(NotInClaim(), visit.meeting.zone))

    async def _keep(self, visit: Visit, session: Session, question: str, value: object) -> None:
        standing = await evaluation.answer_session(visit, session.id, question, value, now=clock())
        self._show_standing(visit, standing, said=words.shell.SAVED)
        await self._show(visit, session)

    async def _show(self, visit: Visit, session: Session) -> None:
        given = (await evaluation.answers(visit)).of_session(session.id)
        form: Form = visit.meeting.session_form
        self._set(
            questions=shown.question_views(form, given),
            progress=shown.progress(form, given),
            done=form.is_complete(given),
        )
