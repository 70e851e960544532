"""`cme attendees end-sign-ins`: all sign-ins of a registration, ended by staff."""

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.output import emit
from cme_reflex.cli.plurals import SIGN_INS
from cme_reflex.cli.runner import actor, chosen_meeting, run
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import own_sign_ins


def end_sign_ins(number: str, *, reason: str, meeting: str | None, as_json: bool) -> None:
    """End all sign-ins of the registration with this number. Raises CliError."""
    operation = own_sign_ins.end_all(
        chosen_meeting(meeting).code, number, reason=reason, actor=actor(), now=clock()
    )
    try:
        ended = run(operation)
    except own_sign_ins.RegistrationNotFound:
        raise CliError(f"No registration has the number {number}. Check it.") from None
    except own_sign_ins.ReasonMissing:
        raise CliError("A reason is required for the audit log: --reason '…'") from None
    counted = SIGN_INS(ended.ended)
    emit([f"{ended.name}, badge {ended.badge}: {counted} ended"], ended, as_json=as_json)
