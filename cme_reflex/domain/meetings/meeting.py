"""A meeting: one accredited activity, its terms and its forms."""

import re
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from functools import cached_property
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from cme_reflex.domain.credit.claimable import OverlapPolicy
from cme_reflex.domain.credit.credit_type import CreditType, CreditTypes
from cme_reflex.domain.evaluations.form import Form

_HOST_NAME = re.compile(r"[a-z0-9-]+(\.[a-z0-9-]+)+")
_HEX_COLOR = re.compile(r"#[0-9a-fA-F]{6}")
_LOOPBACK_HOSTS = ("localhost", "127.0.0.1", "::1")  # for tests; no network in between


@dataclass(frozen=True, slots=True, kw_only=True)
class Provider:
    """The accredited society that grants the credit."""

    name: str
    short_name: str
    account_name: str
    help_contact: str
    help_email: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SingleSignOn:
    """The society's OpenID Connect provider, where members sign in.

    `username_claim` is the claim that holds the username of members.csv. The provider's endpoints
    have to be on the issuer's host, on a subdomain of it, or on one of `endpoint_hosts`.
    """

    issuer: str
    client_id: str
    label: str
    username_claim: str = "preferred_username"
    endpoint_hosts: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        # Over an unencrypted connection, an attacker could sign in as any member.
        url = urlsplit(self.issuer)
        encrypted = url.scheme == "https" or url.hostname in _LOOPBACK_HOSTS
        if not (encrypted and url.netloc and not url.query and not url.fragment):
            raise ValueError(f"{self.issuer!r} is not an issuer such as https://login.example.org")
        for host in self.endpoint_hosts:
            if not _HOST_NAME.fullmatch(host):
                raise ValueError(f"{host!r} is not a host such as oauth2.example.org")

    def allows_endpoint(self, host: str) -> bool:
        """Whether an endpoint may be on this host."""
        issuer = str(urlsplit(self.issuer).hostname)
        return host == issuer or host.endswith(f".{issuer}") or host in self.endpoint_hosts


@dataclass(frozen=True, slots=True, kw_only=True)
class Branding:
    """The meeting's accent colors for light and dark screens."""

    accent: str
    accent_dark: str

    def __post_init__(self) -> None:
        # They are written into the style of every page, so anything but a color is rejected.
        for color in (self.accent, self.accent_dark):
            if not _HEX_COLOR.fullmatch(color):
                raise ValueError(f"{color!r} is not a color such as #0b5563")


@dataclass(frozen=True, slots=True, kw_only=True)
class Logo:
    """The meeting's symbol in the header of every page.

    `image` is the SHA-256 digest of the image file, which is stored apart from the meeting;
    `suffix` is `.svg` or `.png`, and `ratio` that of its width to its height.
    """

    image: str
    suffix: str
    ratio: float


class PaperSize(StrEnum):
    """Paper size of certificates."""

    LETTER = "letter"
    A4 = "a4"


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """A signature on certificates: the image of an officer's signature, the name and the title.

    `image` is the SHA-256 digest of the image, which is stored apart from the meeting.
    """

    image: str
    name: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ClaimTerms:
    """Terms for claims: period, texts and options. Instants are aware."""

    opens_at: datetime
    closes_at: datetime
    note: str
    attestation: str
    session_evaluations_required: bool = False
    attendee_may_reopen: bool = False
    on_demand_from: datetime | None = None


class ProfessionBy(StrEnum):
    """Who may correct an attendee's profession: the attendee, or only staff."""

    ATTENDEE = "attendee"
    REGISTRATION = "registration"


@dataclass(frozen=True, slots=True, kw_only=True)
class Profession:
    """A profession of the meeting's list, with the degrees that mean it, such as MD."""

    code: str
    label: str
    degrees: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class RegistrationType:
    """A registration type; a credit type may have a maximum of its own for it."""

    code: str
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SignInTerms:
    """Terms of the sign-in with a last name and a badge or confirmation number.

    Without `badge_alone`, browsers that are new to a registration always need both numbers.
    `accounts` is the name of the account system of members, if it is neither single sign-on's
    issuer nor the society's own: see `Meeting.accounts`.
    """

    badge_alone: bool = True
    accounts: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReportingTerms:
    """Terms of learner credit reporting: opt-in and consent texts, and participating boards."""

    name: str
    consent_version: str
    text: str
    consent: str
    boards: tuple[str, ...]
    pars_activity_id: str = ""


@dataclass(frozen=True, kw_only=True)
class Meeting:
    """One accredited activity, as its folder describes it.

    `additional_days` are days with sessions outside `starts_on` to `ends_on`. Without a
    `logo_dark`, the `logo` is shown on dark screens, too.
    """

    code: str
    name: str
    short_name: str
    starts_on: date
    ends_on: date
    time_zone: str
    location: str
    format: str
    overlap_policy: OverlapPolicy
    provider: Provider
    look: Branding
    claim: ClaimTerms
    credit_types: tuple[CreditType, ...]
    professions: tuple[Profession, ...]
    registration_types: tuple[RegistrationType, ...]
    session_form: Form
    overall_form: Form
    reporting: ReportingTerms
    privacy: str
    paper: PaperSize = PaperSize.LETTER
    single_sign_on: SingleSignOn | None = None
    sign_in: SignInTerms = SignInTerms()
    profession_by: ProfessionBy = ProfessionBy.ATTENDEE
    additional_days: tuple[date, ...] = ()
    signatures: tuple[Signature, ...] = ()
    logo: Logo | None = None
    logo_dark: Logo | None = None

    @cached_property
    def zone(self) -> ZoneInfo:
        """The zone in which the meeting's times are shown."""
        return ZoneInfo(self.time_zone)

    @property
    def accounts(self) -> str:
        """The account system of the members: who has one username in it is one person.

        A username says nothing at another issuer, where somebody else may have it (OWASP ASVS
        6.8.1).
        """
        issuer = self.single_sign_on.issuer if self.single_sign_on is not None else ""
        return self.sign_in.accounts or issuer or self.provider.name

    @cached_property
    def credit(self) -> CreditTypes:
        """The meeting's credit types."""
        return CreditTypes(self.credit_types)

    def profession(self, code: str) -> Profession | None:
        """The profession with this code; None if the meeting does not list it."""
        return next((each for each in self.professions if each.code == code), None)
