"""Context of a request: the attendee, the meeting and the programme that every service is given."""

from dataclasses import dataclass

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.programme.programme import Programme


@dataclass(frozen=True, slots=True)
class RequestContext:
    """A signed-in attendee and the programme as of this very event.

    `meeting` is the programme's, and `claim_revision` the revision of the attendee's claim, 0
    where there is none. `command` is the id that the browser gave to a change, if any: the change
    is made once, however often it arrives.
    """

    attendee: Attendee
    meeting: Meeting
    programme: Programme
    claim_revision: int = 0
    command: str = ""
