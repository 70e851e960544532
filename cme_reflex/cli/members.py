"""`cme members`: links with which members set their password."""

from collections.abc import Iterator, Sequence

from cme_reflex.cli.database import run
from cme_reflex.cli.faults import Fault
from cme_reflex.cli.mail import not_loaded
from cme_reflex.cli.output import answer
from cme_reflex.services import invitations
from cme_reflex.services.clock import clock
from cme_reflex.services.invitations import Invited
from cme_reflex.services.programme import UnknownMeeting
from cme_reflex.services.signin import PasswordsNotTaken
from cme_reflex.settings import settings


def invite(usernames: Sequence[str], *, dry_run: bool, as_json: bool) -> None:
    """Invite these members, or all without a password. Raises Fault for unknown ones."""
    asked = invitations.invite(settings().meeting, usernames, now=clock(), dry_run=dry_run)
    try:
        done = run(asked)
    except UnknownMeeting as error:
        raise not_loaded(error) from None
    except invitations.UnknownMembers as error:
        unknown = ", ".join(error.usernames)
        raise Fault(f"There is no member {unknown}. Nobody was invited.") from None
    except PasswordsNotTaken:
        raise Fault(
            "Members of this meeting use single sign-on; they need no password here."
        ) from None
    answer(_told(done), done, as_json=as_json)


def _told(done: Invited) -> Iterator[str]:
    would = "would be invited" if done.dry_run else "invited"
    yield f"{would}: {_named(done.invited)}"
    if done.before:
        yield f"invited before, with a link that is still good: {_named(done.before)}"
    if done.without_address:
        yield f"without an e-mail address: {_named(done.without_address)}"


def _named(usernames: Sequence[str]) -> str:
    return f"{len(usernames)} ({', '.join(usernames)})" if usernames else "nobody"
