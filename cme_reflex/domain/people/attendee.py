"""An attendee: one registration for one meeting."""

from dataclasses import dataclass

from cme_reflex.domain.people.names import RegisteredName


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee(RegisteredName):
    """An attendee's registration, as a claim and its certificate need it.

    `profession` is the code of one of the meeting's professions.
    """

    id: int
    badge: str
    profession: str
    registration_type: str
