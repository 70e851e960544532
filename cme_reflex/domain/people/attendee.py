"""An attendee: one registration for one meeting."""

from dataclasses import dataclass

from cme_reflex.domain.people.names import full_name

PHYSICIAN, OTHER = "physician", "other"  # professions: MD or DO, and all others

NAME_LIMIT = 120  # characters; the longest name that fits on one line of the certificate


class InvalidName(ValueError):
    """The text cannot be printed as a name."""


class UnprintableName(InvalidName):
    """The name has characters that the certificate's font lacks."""

    def __init__(self, characters: str) -> None:
        super().__init__(characters)
        self.characters = characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """An attendee's registration, as a claim and its certificate need it."""

    id: int
    last_name: str
    first_name: str
    suffix: str
    badge: str
    is_physician: bool
    registration_type: str
    corrected_name: str | None = None

    @property
    def name(self) -> str:
        """First and last name with the suffix, as registered."""
        return full_name(self.first_name, self.last_name, self.suffix)

    @property
    def name_on_certificate(self) -> str:
        """The name as the attendee corrected it, or as registered."""
        return self.corrected_name or self.name


def normalize_certificate_name(text: str) -> str:
    """Normalize the spaces of a typed name. Raises InvalidName if empty, long or unprintable."""
    name = " ".join(text.split())
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise InvalidName(text)
    return name
