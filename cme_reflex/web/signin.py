"""Signing in and out over plain HTTP: forms that post, cookies, and answers of 303."""

from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from cme_reflex.routes import SIGN_IN, SIGN_IN_FORM, SIGN_OUT
from cme_reflex.services import signin
from cme_reflex.settings import settings
from cme_reflex.web import cookies
from cme_reflex.web.doors import Audience, doors, open_to
from cme_reflex.web.same_site import from_this_site

FORM_LIMIT = 8_192  # bytes; two short fields


@open_to(Audience.ANYONE)
async def sign_in(request: Request) -> Response:
    """Sign in with the posted form and go on to where the attendee was going.

    A fault goes back to the form as a code of a closed list, in the fragment:
    the form's page has the words of each, so they need no script.
    """
    if not from_this_site(request.headers):
        return PlainTextResponse("This form was sent from another site.", status_code=403)
    if not _is_short(request.headers.get("content-length", "")):
        return PlainTextResponse("Too long for a sign-in.", status_code=413)
    form = {name: str(value) for name, value in (await request.form()).items()}
    as_member = form.get("way") == "member"
    names = ("username", "password") if as_member else ("last_name", "number")
    first, second = (form.get(name, "") for name in names)
    if not (first.strip() and second.strip()):
        return _back_to_form("member-missing" if as_member else "missing")
    enter = signin.as_member if as_member else signin.with_number
    try:
        token = await enter(settings().meeting, first, second, now=datetime.now(UTC))
    except signin.NotRecognised:
        return _back_to_form("member-not-recognised" if as_member else "not-recognised")
    except signin.NotRegistered:
        return _back_to_form("member-not-registered")
    await _end(request)
    address = cookies.next_address(request.cookies.get(cookies.NEXT))
    response = RedirectResponse(address, status_code=303)
    cookies.set_sign_in(response, token)
    cookies.forget_next(response)
    return response


@open_to(Audience.ANYONE)
async def sign_out(request: Request) -> Response:
    """End the sign-in, here and on the server. Nothing is lost: it was all saved before."""
    if not from_this_site(request.headers):
        return PlainTextResponse("This form was sent from another site.", status_code=403)
    await _end(request)
    response = _back_to_form("signed-out")
    cookies.drop_sign_in(response)
    return response


async def _end(request: Request) -> None:
    if token := cookies.token_in(request.headers.get("cookie", "")):
        await signin.sign_out(token)


def _is_short(length: str) -> bool:
    """Whether a body says its length, and it is one that a form of ours can have."""
    return length.isascii() and length.isdigit() and len(length) < 10 and int(length) <= FORM_LIMIT


def _back_to_form(code: str) -> Response:
    return RedirectResponse(f"{SIGN_IN_FORM}#{code}", status_code=303)


ROUTES = doors(
    Route(SIGN_IN, sign_in, methods=["POST"]),
    Route(SIGN_OUT, sign_out, methods=["POST"]),
)
