"""`cme members unbind`: a member's next single sign-on may be that of another account."""

from collections.abc import Iterator

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.output import emit
from cme_reflex.cli.plurals import ACCOUNTS, SIGN_INS
from cme_reflex.cli.runner import actor, chosen_meeting, run
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import members
from cme_reflex.services.sign_in.members import UnboundMember
from cme_reflex.services.sign_in.own_sign_ins import ReasonMissing


def unbind(username: str, *, reason: str, meeting: str | None, as_json: bool) -> None:
    """Unbind the member with this username. Raises CliError."""
    operation = members.unbind(
        chosen_meeting(meeting).code, username, reason=reason, actor=actor(), now=clock()
    )
    try:
        unbound = run(operation)
    except members.MemberNotFound:
        raise CliError(f"There is no member {username}. Check it.") from None
    except ReasonMissing:
        raise CliError("A reason is required for the audit log: --reason '…'") from None
    emit(_lines(unbound), unbound, as_json=as_json)


def _lines(unbound: UnboundMember) -> Iterator[str]:
    yield (
        f"{unbound.username}: {ACCOUNTS(unbound.subjects)} unbound, {SIGN_INS(unbound.ended)} ended"
    )
