"""An attendee: one registration for one meeting."""

from dataclasses import dataclass

from cme_reflex.domain.people.names import InvalidName, NameFault, check_name, full_name

PHYSICIAN, OTHER = "physician", "other"  # professions: MD or DO, and all others


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """An attendee's registration, as a claim and its certificate need it.

    `entered_name` is the name that the attendee entered for the certificate, which may be invalid
    or empty; None for the registered name.
    """

    id: int
    last_name: str
    first_name: str
    suffix: str
    badge: str
    is_physician: bool
    registration_type: str
    entered_name: str | None = None

    @property
    def name(self) -> str:
        """First and last name with the suffix, as registered."""
        return full_name(self.first_name, self.last_name, self.suffix)

    @property
    def name_on_certificate(self) -> str:
        """The name as the attendee entered it, or as registered."""
        return self.name if self.entered_name is None else self.entered_name

    def check_certificate_name(self, unprintable: str) -> InvalidName | None:
        """Why the certificate cannot bear the name; None if it can.

        `unprintable` are the characters of the name that the fonts lack. A registered name that
        breaks the rule for names was reported to staff when it was loaded.
        """
        if self.entered_name is not None and (invalid := check_name(self.entered_name)):
            return invalid
        return InvalidName(NameFault.UNPRINTABLE, unprintable) if unprintable else None
