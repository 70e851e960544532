"""An attendee: one registration for one meeting."""

from dataclasses import dataclass

from cme_reflex.domain.people.names import RegisteredName

PHYSICIAN, OTHER = "physician", "other"  # professions: MD or DO, and all others


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee(RegisteredName):
    """An attendee's registration, as a claim and its certificate need it."""

    id: int
    badge: str
    is_physician: bool
    registration_type: str
