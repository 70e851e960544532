"""The two cookies: who is signed in, and where a stranger was going."""

from http.cookies import CookieError, SimpleCookie
from urllib.parse import quote, unquote

from starlette.responses import Response

from cme_reflex.routes import HOME, PROTECTED
from cme_reflex.services.signin import LASTS
from cme_reflex.settings import settings

NEXT = "cme_next"
NEXT_LASTS = 600  # seconds; long enough to look for one's badge
NEXT_LIMIT = 500  # characters; a longer address is not remembered


def sign_in_cookie() -> str:
    """The name of the cookie that holds the sign-in.

    With the prefix `__Host-` browsers take it from this host alone, over HTTPS alone.
    """
    return "__Host-cme_sign_in" if settings().secure_cookies else "cme_sign_in"


def token_in(header: str) -> str:
    """The sign-in's token in a Cookie header, or an empty string."""
    try:
        cookie = SimpleCookie(header).get(sign_in_cookie())
    except CookieError:
        return ""
    return cookie.value if cookie else ""


def set_sign_in(response: Response, token: str) -> None:
    """Let the browser keep the sign-in, out of reach of scripts."""
    _set(response, sign_in_cookie(), token, int(LASTS.total_seconds()))


def drop_sign_in(response: Response) -> None:
    """Let the browser forget the sign-in."""
    _set(response, sign_in_cookie(), "", 0)


def remember_next(response: Response, address: str) -> None:
    """Keep where a stranger was going. A cookie, because the address stays free of it."""
    if len(address) <= NEXT_LIMIT:
        _set(response, NEXT, quote(address), NEXT_LASTS)


def forget_next(response: Response) -> None:
    """They have arrived."""
    _set(response, NEXT, "", 0)


def next_address(value: str | None) -> str:
    """Where to go after sign-in: a page of ours, whatever the cookie says."""
    address = unquote(value or "")
    path = address.partition("?")[0]
    return address if path in PROTECTED and address.isprintable() else HOME


def _set(response: Response, name: str, value: str, seconds: int) -> None:
    response.set_cookie(
        name,
        value,
        max_age=seconds,
        path="/",
        secure=settings().secure_cookies,
        httponly=True,
        samesite="lax",
    )
