"""Request context of a service call: the signed-in attendee and the programme."""

from dataclasses import dataclass

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.programme.programme import Programme
from cme_reflex.domain.sign_in.strength import SignInMethod


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The signed-in attendee and the current programme.

    `meeting` is the programme's, and `claim_revision` the revision of the attendee's claim, 0
    if there is none. `command` is the browser's id of a command, or empty: a command is executed
    once, however often it arrives. `method` is how the attendee signed in, and `sign_in` the hash
    of the sign-in's token.
    """

    attendee: Attendee
    meeting: Meeting
    programme: Programme
    claim_revision: int = 0
    command: str = ""
    method: SignInMethod = SignInMethod.NUMBER
    sign_in: str = ""
