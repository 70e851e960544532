"""State of the learner credit reporting page, which opens in a separate window."""

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
    masked,
)
from cme_reflex.services.claims import claim
from cme_reflex.services.clock import clock
from cme_reflex.services.reporting import opt_in
from cme_reflex.services.reporting.opt_in import OptIn
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.base import ClaimPage, authenticated, immediate

INPUT_LIMIT = 1000  # characters of a field that are validated; far more than PARS accepts
EMPTY = {field.name: "" for field in fields(Learner)}
RESULT = "reporting-result"
"""The id of the result message, which gets the focus: it is far above the buttons."""


def field_id(name: str) -> str:
    """The HTML id of the field with this name."""
    return name.replace("_", "-")


class Reporting(ClaimPage, rx.State):
    """State of `/reporting`: values and errors of the fields, by field name."""

    values: dict[str, str] = EMPTY
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
    hidden: bool = False
    _current: dict[str, str] = EMPTY
    _touched: list[str] = []

    @rx.event
    @authenticated
    async def load(self, context: RequestContext):
        """Rebuild the page from the database."""
        self._show_summary(context, await claim.load_summary(context, now=clock()))
        self._set(states=list(STATES), boards=list(context.meeting.reporting.boards))
        saved = await opt_in.load_opt_in(context)
        names = {"first_name": context.attendee.first_name, "last_name": context.attendee.last_name}
        self._set(
            values=_field_values(saved, context) if saved else {**EMPTY, **names}, faults=EMPTY
        )
        self._current, self._touched = dict(self.values), []
        self._show(context, saved)

    @rx.event
    @authenticated
    async def refresh(self, context: RequestContext):
        """Show changes made in other tabs; unsaved input in the form stays."""
        saved = await opt_in.load_opt_in(context)
        if saved is not None and not context.method.is_strong and not self.hidden:
            self._hide(saved, context)
        self._show(context, saved)

    @rx.event
    @authenticated
    async def consent(self, context: RequestContext, consented: bool):
        """Set or clear the consent; it is saved with the form."""
        self._set(consented=consented is True)

    @rx.event
    @authenticated
    async def typed(self, context: RequestContext, name: str, value: str):
        """Validate the fields edited so far by the rules of PARS; nothing is saved yet."""
        if name not in EMPTY or len(value) > INPUT_LIMIT:
            return
        self._current = {**self._current, name: value}
        self._touched = sorted({*self._touched, name})
        faults = faults_so_far(self._current, self._touched, context.meeting.reporting.boards)
        self._set(faults=_fault_texts(faults))

    @rx.event
    @immediate(label=text.reporting.SAVE)
    async def opt_in(self, context: RequestContext, form: dict[str, str]):
        """Save the opt-in, or show the errors for which PARS would reject it."""
        values = {name: str(form.get(name, "")) for name in EMPTY}
        self._set(values=values, faults=EMPTY, problem="")
        self._current, self._touched = values, list(EMPTY)
        try:
            saved = await opt_in.save_opt_in(
                context,
                values,
                consented=self.consented,
                version=self.consent_version,
                now=clock(),
            )
        except InvalidLearner as invalid:
            problem = text.reporting.ANOTHER_LOOK(len(invalid.faults))
            if not self.consented:
                problem += f" {text.errors.error_message(ConsentMissing(), context.meeting.zone)}"
            self._set(faults=_fault_texts(invalid.faults), problem=problem)
            return rx.set_focus(field_id(next(name for name in EMPTY if name in invalid.faults)))
        except ConsentChanged:
            self._show(context, await opt_in.load_opt_in(context))
            raise
        if not context.method.is_strong:
            self._hide(saved, context)
        self._show(context, saved, announcement=text.reporting.SAVED_IN)
        return rx.set_focus(RESULT)

    @rx.event
    @immediate(label=text.reporting.WITHDRAW)
    async def withdraw(self, context: RequestContext):
        """Withdraw the consent."""
        saved = await opt_in.withdraw_opt_in(context, now=clock())
        self._show(context, saved, announcement=text.reporting.SAVED_OUT)
        return rx.set_focus(RESULT)

    def _hide(self, saved: OptIn, context: RequestContext) -> None:
        """Show what is stored in place of the form, masked; nothing of it stays in the state."""
        self._set(values=_field_values(saved, context), faults=EMPTY)
        self._current, self._touched = EMPTY, []

    def _show(
        self, context: RequestContext, saved: OptIn | None, *, announcement: str = ""
    ) -> None:
        active = saved.active if saved else None
        terms = context.meeting.reporting
        self._set(
            consent_text=terms.consent,
            consent_version=terms.consent_version,
            opted_in=bool(active),
            withdrawn=active is False,
            # An attendee who agreed to an older version of the text must consent again.
            consented=bool(active and saved and saved.consent_version == terms.consent_version),
            hidden=saved is not None and not context.method.is_strong,
            rejection=_rejection(saved, context) if saved else "",
            consented_on=text.dates.instant(saved.consented_at, context.meeting.zone)
            if saved
            else "",
            result=text.reporting.opted_in(active),
            announcement=announcement,
        )


def _fault_texts(faults: Mapping[str, FieldFault]) -> dict[str, str]:
    return EMPTY | {name: text.reporting.FAULTS[fault] for name, fault in faults.items()}


def _field_values(saved: OptIn, context: RequestContext) -> dict[str, str]:
    """The stored values; masked after a sign-in that does not prove who the person is."""
    if not context.method.is_strong:
        return masked(saved.learner)
    return {name: str(getattr(saved.learner, name)) for name in EMPTY}


def _rejection(saved: OptIn, context: RequestContext) -> str:
    """The reason as ACCME gave it, which may quote what is masked."""
    if saved.rejection and not context.method.is_strong:
        return text.step_up.REASON_HIDDEN
    return saved.rejection
