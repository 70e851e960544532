"""Learner credit reporting, in a window of its own."""

from collections.abc import Mapping
from dataclasses import fields

import reflex as rx

from cme_reflex import text
from cme_reflex.domain.reporting.learner import (
    STATES,
    ConsentChanged,
    ConsentMissing,
    FieldFault,
    InvalidLearner,
    Learner,
    faults_so_far,
)
from cme_reflex.services.claims import claim
from cme_reflex.services.clock import clock
from cme_reflex.services.reporting import opt_in
from cme_reflex.services.reporting.opt_in import OptIn
from cme_reflex.services.sign_in.request_context import RequestContext
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
    async def load(self, context: RequestContext):
        """Rebuild the page from the database."""
        self._show_summary(context, await claim.load_summary(context))
        self._set(states=list(STATES), boards=list(context.meeting.reporting.boards))
        known = await opt_in.load_opt_in(context)
        names = {"first_name": context.attendee.first_name, "last_name": context.attendee.last_name}
        self._set(given=_given(known) if known else {**EMPTY, **names}, faults=EMPTY)
        self._typed, self._reached = dict(self.given), []
        self._show(context, known)

    @rx.event
    @authenticated
    async def refresh(self, context: RequestContext):
        """Take in what other screens changed; what is being filled in here stays."""
        self._show(context, await opt_in.load_opt_in(context))

    @rx.event
    @authenticated
    async def consent(self, context: RequestContext, consented: bool):
        """Tick the consent, or untick it."""
        self._set(consented=consented is True)

    @rx.event
    @authenticated
    async def typed(self, context: RequestContext, name: str, value: str):
        """Say as somebody types what PARS would reject; nothing is kept yet."""
        if name not in EMPTY or len(value) > TYPED_LIMIT:
            return
        self._typed = {**self._typed, name: value}
        self._reached = sorted({*self._reached, name})
        found = faults_so_far(self._typed, self._reached, context.meeting.reporting.boards)
        self._set(faults=_in_words(found))

    @rx.event
    @authenticated
    async def opt_in(self, context: RequestContext, form: dict[str, str]):
        """Keep what was filled in, or show what PARS would reject."""
        given = {name: str(form.get(name, "")) for name in EMPTY}
        self._set(given=given, faults=EMPTY, problem="")
        self._typed, self._reached = given, list(EMPTY)
        try:
            known = await opt_in.save_opt_in(
                context,
                given,
                consented=self.consented,
                version=self.consent_version,
                now=clock(),
            )
        except InvalidLearner as invalid:
            problem = text.reporting.ANOTHER_LOOK(len(invalid.faults))
            if not self.consented:
                problem += f" {text.errors.error_message(ConsentMissing(), context.meeting.zone)}"
            self._set(faults=_in_words(invalid.faults), problem=problem)
            return rx.set_focus(field_id(next(name for name in EMPTY if name in invalid.faults)))
        except ConsentChanged:
            self._show(context, await opt_in.load_opt_in(context))
            raise
        self._show(context, known, announcement=text.reporting.SAVED_IN)
        return rx.set_focus(RESULT)

    @rx.event
    @authenticated
    async def withdraw(self, context: RequestContext):
        """Take the consent back."""
        known = await opt_in.withdraw_opt_in(context, now=clock())
        self._show(context, known, announcement=text.reporting.SAVED_OUT)
        return rx.set_focus(RESULT)

    def _show(
        self, context: RequestContext, known: OptIn | None, *, announcement: str = ""
    ) -> None:
        stands = known.active if known else None
        terms = context.meeting.reporting
        self._set(
            consent_text=terms.consent,
            consent_version=terms.consent_version,
            opted_in=bool(stands),
            withdrawn=stands is False,
            # Who agreed to an older text is asked anew.
            consented=bool(stands and known and known.consent_version == terms.consent_version),
            rejection=known.rejection if known else "",
            consented_on=text.dates.instant(known.consented_at, context.meeting.zone)
            if known
            else "",
            result=text.reporting.opted_in(stands),
            announcement=announcement,
        )


def _in_words(faults: Mapping[str, FieldFault]) -> dict[str, str]:
    return EMPTY | {name: text.reporting.FAULTS[fault] for name, fault in faults.items()}


def _given(known: OptIn) -> dict[str, str]:
    return {name: str(getattr(known.learner, name)) for name in EMPTY}
