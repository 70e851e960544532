"""The cookies: who is signed in, two that bridge a sign-in, and where a stranger was going.

None is for scripts, and none leaves this host: each has the prefix `__Host-` over HTTPS.
"""

from datetime import timedelta
from functools import lru_cache
from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, unquote

from starlette.responses import Response

from cme_reflex.routes import HOME, PROTECTED
from cme_reflex.services.sign_in.authentication import SIGN_IN_LIFETIME
from cme_reflex.settings import settings

SIGN_IN = "cme_sign_in"
CHOICE = "cme_choice"  # somebody is known, and chooses among several registrations
DEPARTURE = "cme_departure"  # somebody is at the single sign-on, and comes back
NEXT = "cme_next"
NEXT_LASTS = timedelta(minutes=10)  # long enough to look for one's badge
NEXT_LIMIT = 500  # characters; a longer address is not remembered


def cookie_name(name: str) -> str:
    """The name as browsers see it.

    With the prefix `__Host-` they take it from this host alone, over HTTPS alone.
    """
    return f"__Host-{name}" if settings().secure_cookies else name


def token_in(header: str, name: str = SIGN_IN) -> str:
    """The value of one of our cookies in a Cookie header, or an empty string."""
    return _value(header, cookie_name(name))


@lru_cache(maxsize=4_096)  # a tab's header is the same at its every event
def _value(header: str, name: str) -> str:
    try:
        cookie = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def set_sign_in(response: Response, token: str) -> None:
    """Let the browser keep the sign-in, out of reach of scripts."""
    keep(response, SIGN_IN, token, SIGN_IN_LIFETIME)


def drop_sign_in(response: Response) -> None:
    """Let the browser forget the sign-in."""
    drop(response, SIGN_IN)


def remember_next(response: Response, address: str) -> None:
    """Keep where a stranger was going. A cookie, because the address stays free of it."""
    if len(address) <= NEXT_LIMIT:
        keep(response, NEXT, quote(address), NEXT_LASTS)


def next_address(value: str | None) -> str:
    """Where to go after sign-in: a page of ours, whatever the cookie says."""
    address = unquote(value or "")
    path = address.partition("?")[0]
    return address if path in PROTECTED and address.isprintable() else HOME


def keep(response: Response, name: str, value: str, lasts: timedelta) -> None:
    """Let the browser keep one of our cookies."""
    response.set_cookie(
        cookie_name(name),
        value,
        max_age=int(lasts.total_seconds()),
        path="/",
        secure=settings().secure_cookies,
        httponly=True,
        samesite="lax",
    )


def drop(response: Response, name: str) -> None:
    """Let the browser forget one of our cookies."""
    keep(response, name, "", timedelta(0))
