"""`cme members invite`: links for members to set a password."""

from collections.abc import Iterator

from cme_reflex.cli.errors import CliError
from cme_reflex.cli.output import emit, listed
from cme_reflex.cli.runner import chosen_meeting, run
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import invitations
from cme_reflex.services.sign_in.credentials import PasswordSignInDisabled
from cme_reflex.services.sign_in.invitations import InvitationResult


def invite(usernames: list[str] | None, meeting: str | None, dry_run: bool, as_json: bool) -> None:
    """Invite these members, or all without a password. Raises CliError for unknown ones."""
    invitation = invitations.invite(
        chosen_meeting(meeting).code, usernames or (), now=clock(), dry_run=dry_run
    )
    try:
        done = run(invitation)
    except invitations.MembersNotFound as error:
        unknown = ", ".join(error.usernames)
        raise CliError(f"There is no member {unknown}. Nobody was invited.") from None
    except PasswordSignInDisabled:
        raise CliError(
            "Members of this meeting use single sign-on; they need no password here."
        ) from None
    emit(_lines(done), done, as_json=as_json)


def _lines(done: InvitationResult) -> Iterator[str]:
    verb = "would be invited" if done.dry_run else "invited"
    yield f"{verb}: {listed(done.invited)}"
    if done.before:
        yield f"invited before, with a link that is still valid: {listed(done.before)}"
    if done.without_address:
        yield f"without an e-mail address: {listed(done.without_address)}"
