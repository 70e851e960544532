"""Learner credit reporting, in a window of its own."""

from collections.abc import Mapping
from dataclasses import fields

import reflex as rx

from cme_reflex import words
from cme_reflex.domain.reporting import (
    STATES,
    ConsentChanged,
    ConsentMissing,
    Fault,
    InvalidLearner,
    Learner,
    faults_so_far,
)
from cme_reflex.services import claim, reporting
from cme_reflex.services.clock import clock
from cme_reflex.services.reporting import OptIn
from cme_reflex.services.visit import Visit
from cme_reflex.state.base import ClaimPage, authenticated

TYPED_LIMIT = 1000  # characters of a field that are looked at; far more than PARS takes
EMPTY = {field.name: "" for field in fields(Learner)}
RESULT = "reporting-result"
"""The id of what became of it, which is far above the button that was tapped."""


def field_id(name: str) -> str:
    """The id of the field of this name."""
    return name.replace("_", "-")


class Reporting(ClaimPage, rx.State):
    """What `/reporting` shows: the fields and their faults by name."""

    given: dict[str, str] = EMPTY
    faults: dict[str, str] = EMPTY
    states: list[str] = []
    boards: list[str] = []
    consent_text: str = ""
    consent_version: str = ""
    consented: bool = False
    consented_on: str = ""
    opted_in: bool = False
    withdrawn: bool = False
    result: str = ""
    rejection: str = ""
    _typed: dict[str, str] = EMPTY
    _reached: list[str] = []

    @rx.event
    @authenticated
    async def load(self, visit: Visit):
        """Rebuild the page from the database."""
        self._show_standing(visit, await claim.standing(visit))
        self._set(states=list(STATES), boards=list(visit.meeting.reporting.boards))
        known = await reporting.current(visit)
        names = {"first_name": visit.attendee.first_name, "last_name": visit.attendee.last_name}
        self._set(given=_given(known) if known else {**EMPTY, **names}, faults=EMPTY)
        self._typed, self._reached = dict(self.given), []
        self._show(visit, known)

    @rx.event
    @authenticated
    async def refresh(self, visit: Visit):
        """Take in what other screens changed; what is being filled in here stays."""
        self._show(visit, await reporting.current(visit))

    @rx.event
    @authenticated
    async def consent(self, visit: Visit, consented: bool):
        """Tick the consent, or untick it."""
        self._set(consented=consented is True)

    @rx.event
    @authenticated
    async def typed(self, visit: Visit, name: str, value: str):
        """Say as somebody types what PARS would reject; nothing is kept yet."""
        if name not in EMPTY or len(value) > TYPED_LIMIT:
            return
        self._typed = {**self._typed, name: value}
        self._reached = sorted({*self._reached, name})
        found = faults_so_far(self._typed, self._reached, visit.meeting.reporting.boards)
        self._set(faults=_in_words(found))

    @rx.event
    @authenticated
    async def opt_in(self, visit: Visit, form: dict[str, str]):
        """Keep what was filled in, or show what PARS would reject."""
        given = {name: str(form.get(name, "")) for name in EMPTY}
        self._set(given=given, faults=EMPTY, problem="")
        self._typed, self._reached = given, list(EMPTY)
        try:
            known = await reporting.opt_in(
                visit,
                given,
                consented=self.consented,
                version=self.consent_version,
                now=clock(),
            )
        except InvalidLearner as invalid:
            problem = words.reporting.ANOTHER_LOOK(len(invalid.faults))
            if not self.consented:
                problem += f" {words.errors.problem(ConsentMissing(), visit.meeting.zone)}"
            self._set(faults=_in_words(invalid.faults), problem=problem)
            return rx.set_focus(field_id(next(name for name in EMPTY if name in invalid.faults)))
        except ConsentChanged:
            self._show(visit, await reporting.current(visit))
            raise
        self._show(visit, known, announcement=words.reporting.SAVED_IN)
        return rx.set_focus(RESULT)

    @rx.event
    @authenticated
    async def withdraw(self, visit: Visit):
        """Take the consent back."""
        known = await reporting.withdraw(visit, now=clock())
        self._show(visit, known, announcement=words.reporting.SAVED_OUT)
        return rx.set_focus(RESULT)

    def _show(self, visit: Visit, known: OptIn | None, *, announcement: str = "") -> None:
        stands = known.stands if known else None
        terms = visit.meeting.reporting
        self._set(
            consent_text=terms.consent,
            consent_version=terms.consent_version,
            opted_in=bool(stands),
            withdrawn=stands is False,
            # Who agreed to an older text is asked anew.
            consented=bool(stands and known and known.consent_version == terms.consent_version),
            rejection=known.rejection if known else "",
            consented_on=words.dates.instant(known.consented_at, visit.meeting.zone)
            if known
            else "",
            result=words.reporting.opted_in(stands),
            announcement=announcement,
        )


def _in_words(faults: Mapping[str, Fault]) -> dict[str, str]:
    return EMPTY | {name: words.reporting.FAULTS[fault] for name, fault in faults.items()}


def _given(known: OptIn) -> dict[str, str]:
    return {name: str(getattr(known.learner, name)) for name in EMPTY}
