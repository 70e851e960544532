"""An attendee: one registration for one meeting."""

from dataclasses import dataclass

from cme_reflex.domain.people.names import full_name

PHYSICIAN, OTHER = "physician", "other"  # professions: MD or DO, and everybody else

NAME_LIMIT = 120  # characters; the longest name on a certificate that still fits one line


class InvalidName(ValueError):
    """Nothing that could be printed as a name."""


class UnprintableName(InvalidName):
    """A name with characters that the certificate's font lacks."""

    def __init__(self, characters: str) -> None:
        super().__init__(characters)
        self.characters = characters


@dataclass(frozen=True, slots=True, kw_only=True)
class Attendee:
    """Who is claiming."""

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
    """A name as typed, with single spaces. Raises InvalidName when empty, long or unprintable."""
    name = " ".join(text.split())
    if not name or len(name) > NAME_LIMIT or not name.isprintable():
        raise InvalidName(text)
    return name
