"""Request context of a service call: the signed-in attendee and the programme."""

from dataclasses import dataclass

from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.domain.people.attendee import Attendee
from cme_reflex.domain.programme.programme import Programme


@dataclass(frozen=True, slots=True)
class RequestContext:
    """The signed-in attendee and the current programme.

    `command` is the browser's id of a command, or empty: a command is executed once,
    however often it arrives.
    """

    attendee: Attendee
    programme: Programme
    command: str = ""

    @property
    def meeting(self) -> Meeting:
        """The meeting of the programme."""
        return self.programme.meeting
