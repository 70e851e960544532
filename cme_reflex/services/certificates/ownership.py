"""Whose claims a sign-in may see: those of the member, or of this registration alone."""

from sqlmodel import Session

from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.certificates import accounts
from cme_reflex.store.people.tables import MemberRow


def signed_in_member(db: Session, context: RequestContext) -> MemberRow | None:
    """The member that the attendee is linked to; None if the sign-in does not prove who it is."""
    if not context.method.is_strong:
        return None
    return accounts.find_member(db, context.attendee.id)
