"""Going over to another meeting: a member who is registered there, too, is signed in there."""

from dataclasses import dataclass
from datetime import datetime

from sqlmodel import Session

from cme_reflex.services.sign_in.authentication import find_sign_in
from cme_reflex.services.sign_in.registrations import (
    NotRegistered,
    create_sign_in,
    may_complete,
)
from cme_reflex.services.sign_in.tokens import token_hash
from cme_reflex.store.database import write
from cme_reflex.store.meetings.tables import MeetingRow
from cme_reflex.store.people.tables import AttendeeRow
from cme_reflex.store.sign_in.tables import SignInRow


@dataclass(frozen=True, slots=True)
class OtherSignIn:
    """A sign-in at another meeting: the meeting's code, and the token for its cookie."""

    meeting: str
    token: str


class SignInEnded(Exception):
    """The sign-ins of the registration at the other meeting were ended since this one began."""

    def __init__(self, meeting: str) -> None:
        super().__init__(meeting)
        self.meeting = meeting


async def sign_in_to_other_meeting(
    meeting: str, token: str, attendee_id: int, *, now: datetime
) -> OtherSignIn:
    """Sign in to this registration of the member who is signed in to a meeting with this token.

    The new sign-in is as strong and as old as the one that it comes from, so going to and fro
    prolongs nothing, and whoever ended the sign-ins of the registration ended this way, too. One
    with a badge or confirmation number says nothing about the member, so it stays with its meeting.
    Raises NotSignedIn, SignInEnded, MeetingArchived, and NotRegistered for a registration of
    somebody else.
    """

    def sign_in(db: Session) -> OtherSignIn:
        context = find_sign_in(db, meeting, token_hash(token), now=now).context
        own = db.get(AttendeeRow, context.attendee.id)
        other = db.get(AttendeeRow, attendee_id, with_for_update=True)
        if own is None or other is None or own.member_id is None:
            raise NotRegistered
        if other.member_id != own.member_id or not context.method.is_strong:
            raise NotRegistered
        code = db.get_one(MeetingRow, other.meeting_id).code
        begun_at = db.get_one(SignInRow, context.sign_in).created_at
        if not may_complete(other, context.method, begun_at):
            raise SignInEnded(code)
        new = create_sign_in(db, attendee_id, context.method, now, begun_at=begun_at)
        return OtherSignIn(code, new)

    return await write(sign_in)
