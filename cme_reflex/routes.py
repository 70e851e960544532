"""Paths of pages and HTTP routes, and functions that build addresses from them."""

import re
import zlib
from enum import StrEnum
from urllib.parse import quote, urlencode

SIGN_IN_FORM = "/"
HOME = "/claim"
SESSIONS = "/sessions"
EVALUATION = "/evaluation"
SUBMIT = "/submit"
REPORTING = "/reporting"
RECEIPT = "/receipt"
ACCOUNT = "/account"
PRIVACY = "/privacy"
REGISTRATIONS = "/registrations"

REQUEST_LINK = "/sign-in-link"
LINK = "/link"
PASSWORD = "/password"  # noqa: S105 - a path

SIGN_IN = "/sign-in"
CHOOSE_REGISTRATION = "/sign-in/registration"
SSO = "/sign-in/sso"
SSO_CALLBACK = "/sign-in/sso/callback"
STEP_UP = "/sign-in/step-up"
OTHER_MEETING = "/sign-in/other-meeting"
SIGN_OUT = "/sign-out"
FORGET_BROWSER = "/sign-out/browser"
SEND_LINK = "/sign-in-link/send"
USE_LINK = "/link/use"
SET_PASSWORD = "/password/set"  # noqa: S105 - a path
HEALTH = "/health"
CERTIFICATE = "/certificate/{number}.pdf"
CERTIFICATE_OF_TYPE = "/certificate/{number}/{credit_type}.pdf"
NAME_IMAGE = "/certificate/name.svg"
VERIFY = "/verify"
TRANSCRIPT_PDF = "/account/transcript.pdf"
TRANSCRIPT_CSV = "/account/transcript.csv"
MEETING_FILE = "/meetings/{code}/{file}"
API = "/api/v1"
API_CLAIMS = f"{API}/claims"
API_CLAIM = f"{API}/claims/{{receipt_number}}"
API_OPENAPI = f"{API}/openapi.json"

PROTECTED = frozenset({HOME, SESSIONS, EVALUATION, SUBMIT, REPORTING, RECEIPT, ACCOUNT})
"""Pages that require a sign-in."""

PUBLIC = frozenset({SIGN_IN_FORM, REGISTRATIONS, REQUEST_LINK, LINK, PASSWORD, PRIVACY})
"""Pages that require no sign-in; every page is in one of these two sets."""


_CODE = re.compile("[A-Za-z0-9-]{2,32}")
_CERTIFICATE = re.compile("/certificate/([^/]+?)(?:/[^/]+)?[.]pdf")
_OF_A_MEETING = frozenset(
    path.split("/")[1] for path in (*PROTECTED, *PUBLIC, SIGN_IN, SIGN_OUT, CERTIFICATE, NAME_IMAGE)
)
RESERVED = _OF_A_MEETING | frozenset(
    path.split("/")[1]
    for path in (
        *(HEALTH, VERIFY, MEETING_FILE, API),
        *("/assets", "/page_hooks", "/404"),  # of the build
        *("/ping", "/auth-codespace"),  # of Reflex: see `reflex_bridge.endpoints`
    )
)
"""First segments of paths that no meeting can have as its code."""


def is_meeting_code(segment: str) -> bool:
    """Whether the first segment of a path is the code of a meeting, loaded or not."""
    return segment.lower() not in RESERVED and _CODE.fullmatch(segment) is not None


def of_a_meeting(path: str) -> bool:
    """Whether this path, which has no code, is that of a page or route of a meeting."""
    return path.startswith("/") and path.split("/")[1] in _OF_A_MEETING


def in_meeting(code: str, path: str) -> str:
    """The address of a path in this meeting: of ``/claim``, but also of ``/`` and ``/#expired``."""
    at_root = path == "/" or path.startswith(("/#", "/?"))
    return f"/{code}{path[1:] if at_root else path}"


class StepUp(StrEnum):
    """Ways to a stronger sign-in: a link by e-mail, or the member's account."""

    LINK = "link"
    ACCOUNT = "account"


def step_up_address(page: str, way: StepUp) -> str:
    """The address that leads to a stronger sign-in, and from there back to a protected page."""
    return f"{STEP_UP}?{urlencode({'page': page, 'way': way})}"


def certificate(number: str, credit_type: str | None = None) -> str:
    """The address of the certificate with this receipt number, for its owner.

    `credit_type` is the code of its primary credit type; without it, the first type is meant.
    """
    if credit_type is None:
        return CERTIFICATE.format(number=quote(number, safe=""))
    return CERTIFICATE_OF_TYPE.format(number=quote(number, safe=""), credit_type=credit_type)


def number_of_certificate(path: str) -> str:
    """The receipt number in the path of a certificate; empty for any other path."""
    found = _CERTIFICATE.fullmatch(path)
    return found[1] if found else ""


def name_image(name: str) -> str:
    """The address of the picture of the attendee's name; another for each name."""
    return f"{NAME_IMAGE}?{zlib.crc32(name.encode()):08x}"


def verify(number: str) -> str:
    """The address at which anybody can verify the certificate with this number."""
    return f"{VERIFY}/{quote(number, safe='')}"


def meeting_file(code: str, file: str) -> str:
    """The address of one of a meeting's files: its logo, icons, preview image or manifest."""
    return MEETING_FILE.format(code=quote(code, safe=""), file=quote(file, safe=""))
