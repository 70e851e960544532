"""The overall evaluation, the totals, and Submit."""

import reflex as rx

from cme_reflex import words
from cme_reflex.domain.attendee import OTHER, PHYSICIAN, printable_name
from cme_reflex.domain.claim import claimable_safety
from cme_reflex.domain.credit import from_hours, hours
from cme_reflex.domain.evaluation import InvalidAnswer
from cme_reflex.domain.submission import Incomplete, Need, StaleRevision, missing
from cme_reflex.routes import HOME
from cme_reflex.services import claim, evaluation, reporting, submission
from cme_reflex.services.claim import Standing
from cme_reflex.services.clock import clock
from cme_reflex.services.visit import Visit
from cme_reflex.state import shown, views
from cme_reflex.state.base import ClaimPage, authenticated, command

HREFS = {
    Need.LINES: "/sessions",
    Need.CONFLICT: "/claim#conflicts",
    Need.WITHDRAWN: "/claim#line-{session}",
    Need.SESSION_QUESTION: "/evaluation?session={session}#q-{question}",
    Need.OVERALL_QUESTION: "#q-{question}",
    Need.CATEGORY1: "#claimed-category-1-hours",
    Need.ATTESTATION: "#attestation",
}


class Submit(ClaimPage, rx.State):
    """What `/submit` shows. `revision` is the claim's that the page has shown."""

    questions: list[views.QuestionView] = []
    category1: str = ""
    category1_choices: list[str] = []
    safety: str = ""
    safety_choices: list[str] = []
    supported: str = "0.00"
    supported_safety: str = "0.00"
    all_chosen: bool = False
    conflicts: list[views.ConflictView] = []
    lines: list[views.ReceiptLine] = []
    name_on_certificate: str = ""
    profession: str = PHYSICIAN
    attested: bool = False
    reporting: str = ""
    missing: list[views.MissingView] = []
    revision: int = 0

    @rx.event
    @authenticated
    async def load(self, visit: Visit):
        """Rebuild the page from the database."""
        standing = await claim.standing(visit)
        if standing.claim.status == "submitted":
            return rx.redirect(HOME)
        self._set(missing=[])
        await self._show(visit, standing)
        return None

    @rx.event
    @authenticated
    async def refresh(self, visit: Visit):
        """Take in what other windows changed; what is ticked here stays."""
        await self._show(visit, await claim.standing(visit))

    @rx.event
    @command
    async def answer(self, visit: Visit, question: str, value: str | int | bool):
        """Keep one answer; an empty value takes it back."""
        standing = await evaluation.answer_overall(visit, question, value, now=clock())
        await self._show(visit, standing, announcement=words.shell.SAVED)

    @rx.event
    @command
    async def choose(self, visit: Visit, question: str, option: str, chosen: bool):
        """Keep that one of several options is chosen, or is not."""
        standing = await evaluation.tick_overall(visit, question, option, chosen, now=clock())
        await self._show(visit, standing, announcement=words.shell.SAVED)

    @rx.event
    @command
    async def choose_category1(self, visit: Visit, chosen: str):
        """Choose the Category 1 hours to claim; an empty value takes the choice back."""
        quarters = from_hours(chosen) if chosen else None
        standing = await submission.choose_category1(visit, quarters, now=clock())
        await self._show(visit, standing, announcement=words.shell.SAVED)

    @rx.event
    @command
    async def choose_all(self, visit: Visit):
        """Claim all Category 1 and Patient Safety hours that the sessions support."""
        standing = await submission.choose_all(visit, now=clock())
        await self._show(visit, standing, announcement=words.shell.SAVED)

    @rx.event
    @command
    async def choose_safety(self, visit: Visit, chosen: str):
        """Choose the Patient Safety hours to claim; an empty value takes the choice back."""
        quarters = from_hours(chosen) if chosen else None
        standing = await submission.choose_safety(visit, quarters, now=clock())
        await self._show(visit, standing, announcement=words.shell.SAVED)

    @rx.event
    @command
    async def correct_name(self, visit: Visit, name: str):
        """Keep the name for the certificate."""
        standing = await submission.correct_name(visit, str(name), now=clock())
        await self._show(visit, standing, announcement=words.shell.SAVED)
        self._set(name_on_certificate=printable_name(str(name)))

    @rx.event
    @command
    async def correct_profession(self, visit: Visit, profession: str):
        """Keep whether the attendee is a physician."""
        if profession not in (PHYSICIAN, OTHER):
            raise InvalidAnswer("profession")
        is_physician = profession == PHYSICIAN
        standing = await submission.correct_profession(
            visit, is_physician=is_physician, now=clock()
        )
        await self._show(visit, standing, announcement=words.shell.SAVED)
        self._set(profession=PHYSICIAN if is_physician else OTHER)

    @rx.event
    @authenticated
    async def attest(self, visit: Visit, attested: bool):
        """Tick the attestation, or untick it."""
        self._set(attested=attested is True)
        await self._show(visit, await claim.standing(visit))

    @rx.event
    @authenticated
    async def submit(self, visit: Visit):
        """Submit the claim, once and for good, or list what it still needs."""
        try:
            await submission.submit_claim(visit, self.revision, attested=self.attested, now=clock())
        except Incomplete as incomplete:
            await self._show(visit, await claim.standing(visit))
            self._set(
                missing=shown.missing_views(incomplete.missing, visit.programme, HREFS),
                announcement=words.submit.MISSING(len(incomplete.missing)),
            )
            return rx.set_focus("error-summary")
        except StaleRevision as stale:
            await self._show(visit, await claim.standing(visit))
            self._set(problem=words.errors.problem(stale, visit.meeting.zone))
            return None
        # A claim that is reopened is attested anew.
        self._set(attested=False)
        return rx.redirect(HOME)

    async def _show(self, visit: Visit, standing: Standing, *, announcement: str = "") -> None:
        answers = await evaluation.answers(visit)
        opted_in = await reporting.current(visit)
        chosen = standing.claim.totals
        most = standing.claimable
        most_safety = claimable_safety(most, chosen.category1)
        self._show_standing(visit, standing, announcement=announcement)
        self._set(
            questions=shown.question_views(visit.meeting.overall_form, answers.overall),
            category1="" if chosen.category1 is None else hours(chosen.category1),
            category1_choices=shown.steps(most.category1, least=1),
            safety="" if chosen.safety is None else hours(chosen.safety),
            safety_choices=shown.steps(most_safety),
            supported=hours(most.category1),
            supported_safety=hours(most.safety),
            all_chosen=(chosen.category1, chosen.safety or 0) == (most.category1, most.safety),
            conflicts=shown.conflict_views(standing.conflicts, visit.programme),
            lines=shown.listed(standing, visit.programme),
            name_on_certificate=visit.attendee.name_on_certificate,
            profession=PHYSICIAN if visit.attendee.is_physician else OTHER,
            reporting=words.reporting.opted_in(opted_in.stands if opted_in else None),
            revision=standing.claim.revision,
        )
        if self.missing:
            # Once it was told what is missing, the list shortens as it is mended.
            lacking = missing(standing.claim, answers, visit.programme, attested=self.attested)
            self._set(missing=shown.missing_views(lacking, visit.programme, HREFS))
