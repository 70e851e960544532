"""Cookies of the sign-in.

The sign-in itself, a pending choice among registrations, a pending single sign-on, the page to open
after sign-in, and the registrations that the browser has signed in to. All are HttpOnly, and over
HTTPS each has the prefix `__Host-`.
"""

from datetime import timedelta
from urllib.parse import quote, unquote

from starlette.responses import Response

from cme_reflex.routes import HOME, PROTECTED, is_meeting_code
from cme_reflex.services.sign_in.registrations import SIGN_IN_LIFETIME
from cme_reflex.settings import settings

SIGN_IN = "cme_sign_in"
CHOICE = "cme_choice"  # a verified identity with several registrations to choose from
OIDC_LOGIN = "cme_departure"  # a single sign-on in progress at the provider
NEXT = "cme_next"
NEXT_LIFETIME = timedelta(minutes=15)  # enough time to find one's badge, or to use a link by mail
LATEST_MEETING = "cme_meeting"  # the code of the meeting in which the browser signed in last
KNOWN_BROWSER = "cme_known_browser"  # see services.sign_in.known_browser
MEETINGS_LIMIT = 50  # cookies of as many meetings are read at Log Out
NEXT_LIMIT = 500  # characters; a longer address is not stored

# A browser has one of each for all meetings, and one of every other for each meeting.
_SHARED = frozenset({OIDC_LOGIN, LATEST_MEETING, KNOWN_BROWSER})


def cookie_name(name: str) -> str:
    """The cookie's name in HTTP headers.

    Browsers accept a cookie with the prefix `__Host-` only over HTTPS, and send it to this host
    alone.
    """
    return f"__Host-{name}" if settings().secure_cookies else name


def token_in(header: str, name: str = SIGN_IN) -> str:
    """The value of one of these cookies in a Cookie header, or an empty string."""
    full_name = cookie_name(name)
    # No value has characters to escape, and http.cookies takes quadratic time to unescape them
    # (CVE-2024-7592).
    for pair in header.split(";"):
        key, _, value = pair.partition("=")
        if key.strip() == full_name:
            return value.strip().removeprefix('"').removesuffix('"')
    return ""


def of_meeting(header: str, code: str) -> str:
    """The Cookie header with the cookies of this meeting by their plain names.

    Those of other meetings are left out. Plain names, from before meetings had cookies of their
    own, come last: each is a token of one registration, and is of no use to another meeting.
    """
    own: list[str] = []
    others: list[str] = []
    for pair in header.split(";"):
        name, equals, value = pair.strip().partition("=")
        plain, dot, meeting = name.partition(".")
        if not dot:
            others.append(pair.strip())
        elif meeting == code:
            own.append(f"{plain}{equals}{value}")
    return "; ".join([*own, *others])


def signed_in_meetings(header: str) -> frozenset[str]:
    """The codes of the meetings whose sign-in cookies are in the Cookie header, valid or not."""
    names = (pair.partition("=")[0].strip() for pair in header.split(";"))
    prefix = f"{cookie_name(SIGN_IN)}."
    return frozenset(name.removeprefix(prefix) for name in names if name.startswith(prefix))


def sign_ins_elsewhere(header: str, code: str) -> dict[str, str]:
    """The tokens of a browser's sign-ins to other meetings, by the names of their cookies."""
    found: dict[str, str] = {}
    prefix = f"{cookie_name(SIGN_IN)}."
    for pair in header.split(";"):
        name, _, token = pair.strip().partition("=")
        elsewhere = name.removeprefix(prefix)
        if elsewhere in (name, code) or not is_meeting_code(elsewhere):
            continue
        if len(found) < MEETINGS_LIMIT:
            found[name] = token
    return found


def named_by_meeting(set_cookie: str, code: str) -> str:
    """The Set-Cookie header with the cookie named by this meeting.

    Unless all meetings share it, or it is that of another meeting.
    """
    name, equals, rest = set_cookie.partition("=")
    keeps_name = name.removeprefix("__Host-") in _SHARED or "." in name
    return set_cookie if keeps_name else f"{name}.{code}{equals}{rest}"


def set_sign_in(response: Response, token: str, *, meeting: str, is_other: bool = False) -> None:
    """Set the sign-in cookie of this meeting, which becomes the latest one of the browser.

    `is_other`: it is not the meeting of the request.
    """
    name = f"{SIGN_IN}.{meeting}" if is_other else SIGN_IN
    set_cookie(response, name, token, SIGN_IN_LIFETIME)
    set_cookie(response, LATEST_MEETING, meeting, SIGN_IN_LIFETIME)


def set_next(response: Response, address: str) -> None:
    """Store the page to open after sign-in, in a cookie to keep the address clean."""
    if len(address) <= NEXT_LIMIT:
        set_cookie(response, NEXT, quote(address, safe=""), NEXT_LIFETIME)


def next_address(value: str | None) -> str:
    """The address to open after sign-in: a protected page, or else the claim's home."""
    address = unquote(value or "")
    path = address.partition("?")[0]
    return address if path in PROTECTED and address.isprintable() else HOME


def set_cookie(response: Response, name: str, value: str, lifetime: timedelta) -> None:
    """Set one of these cookies, by its name or by that of its header."""
    response.set_cookie(
        name if name.startswith("__Host-") else cookie_name(name),
        value,
        max_age=int(lifetime.total_seconds()),
        path="/",
        secure=settings().secure_cookies,
        httponly=True,
        samesite="lax",
    )


def delete_cookie(response: Response, name: str) -> None:
    """Delete one of these cookies."""
    set_cookie(response, name, "", timedelta(0))
