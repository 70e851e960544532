"""`cme attendees end-sign-ins` and `cme members unbind`: sign-ins that staff end, with a reason."""

from collections.abc import Coroutine
from typing import Any, TypeVar

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.output import emit
from cme_reflex.cli.plurals import ACCOUNTS, SIGN_INS
from cme_reflex.cli.runner import actor, chosen_meeting, run
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import members, own_sign_ins

Result = TypeVar("Result")


def end_sign_ins(number: str, *, reason: str, meeting: str | None, as_json: bool) -> None:
    """End all sign-ins of the registration with this number. Raises CliError."""
    operation = own_sign_ins.end_all(
        chosen_meeting(meeting).code, number, reason=reason, actor=actor(), now=clock()
    )
    try:
        ended = _run_with_reason(operation)
    except own_sign_ins.RegistrationNotFound:
        raise CliError(f"No registration has the number {number}. Check it.") from None
    counted = SIGN_INS(ended.ended)
    emit([f"{ended.name}, badge {ended.badge}: {counted} ended"], ended, as_json=as_json)


def unbind(username: str, *, reason: str, meeting: str | None, as_json: bool) -> None:
    """Let another account have the username, and end the member's sign-ins. Raises CliError."""
    operation = members.unbind(
        chosen_meeting(meeting).code, username, reason=reason, actor=actor(), now=clock()
    )
    try:
        unbound = _run_with_reason(operation)
    except members.MemberNotFound:
        raise CliError(f"There is no member {username}. Check it.") from None
    accounts, ended = ACCOUNTS(unbound.subjects), SIGN_INS(unbound.ended)
    emit([f"{unbound.username}: {accounts} unbound, {ended} ended"], unbound, as_json=as_json)


def _run_with_reason(operation: Coroutine[Any, Any, Result]) -> Result:
    try:
        return run(operation)
    except own_sign_ins.ReasonMissing:
        raise CliError("A reason is required for the audit log: --reason '…'") from None
