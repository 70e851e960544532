"""Who is asking, and about which programme: what every service is given."""

from dataclasses import dataclass

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.programme.programme import Programme


@dataclass(frozen=True, slots=True)
class RequestContext:
    """A signed-in attendee and the programme as of this very event.

    `command` is the id that the browser gave to what it asks for, if anything:
    it is carried out once, however often it arrives.
    """

    attendee: Attendee
    programme: Programme
    command: str = ""

    @property
    def meeting(self) -> Meeting:
        """The meeting of the programme."""
        return self.programme.meeting
