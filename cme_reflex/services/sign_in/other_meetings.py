"""Going over to another meeting: a member who is registered there, too, is signed in there."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from cme_reflex.services.sign_in.authentication import find_sign_in
from cme_reflex.services.sign_in.registrations import NotRegistered, create_sign_in
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.store.database import write
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow


@dataclass(frozen=True, slots=True)
class OtherSignIn:
    """A sign-in at another meeting: the meeting's code, and the token for its cookie."""

    meeting: str
    token: str


async def sign_in_to_other_meeting(
    meeting: str, token: str, attendee_id: int, *, now: datetime
) -> OtherSignIn:
    """Sign in to this registration of the member who is signed in to a meeting with this token.

    The new sign-in is as strong as the one that it comes from. One with a badge or confirmation
    number says nothing about the member, so it stays with its meeting. Raises NotSignedIn,
    MeetingArchived, and NotRegistered for a registration of somebody else.
    """

    def sign_in(db: Session) -> OtherSignIn:
        context = find_sign_in(db, meeting, token_hash(token), now=now).context
        own, other = db.get(AttendeeRow, context.attendee.id), db.get(AttendeeRow, attendee_id)
        if own is None or other is None or own.member_id is None:
            raise NotRegistered
        if other.member_id != own.member_id or not context.method.is_strong:
            raise NotRegistered
        code = db.get_one(MeetingRow, other.meeting_id).code
        return OtherSignIn(code, create_sign_in(db, attendee_id, context.method, now))

    return await write(sign_in)
