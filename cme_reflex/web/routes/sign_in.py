"""Signing in and out over plain HTTP: forms that post, cookies, and answers of 303."""

from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response
from starlette.routing import Route

from cme_reflex import text
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.routes import CHOOSE_REGISTRATION, REGISTRATIONS, SIGN_IN, SIGN_IN_FORM, SIGN_OUT
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import authentication
from cme_reflex.settings import settings
from cme_reflex.web import cookies
from cme_reflex.web.access_policy import Audience, allow, checked_routes
from cme_reflex.web.client_address import client_address
from cme_reflex.web.csrf import is_same_site

FORM_LIMIT = 8_192  # bytes; two short fields


@allow(Audience.ANYONE)
async def sign_in(request: Request) -> Response:
    """Sign in with the posted form and go on to where the attendee was going.

    A fault goes back to the form as a code of a closed list, in the fragment:
    the form's page has the words of each, so they need no script.
    """
    if rejection := reject_form(request):
        return rejection
    form = {name: str(value) for name, value in (await request.form()).items()}
    as_member = form.get("way") == "member"
    names = ("username", "password") if as_member else ("last_name", "number")
    first, second = (form.get(name, "") for name in names)
    if not (first.strip() and second.strip()):
        return back_to_form("member-missing" if as_member else "missing")
    meeting, now, address = settings().meeting, clock(), client_address(request.scope)
    try:
        if as_member:
            admission = await authentication.sign_in_with_password(
                meeting, first, second, now=now, address=address
            )
        else:
            token = await authentication.sign_in_with_badge(
                meeting, first, second, now=now, address=address
            )
            admission = authentication.SignedIn(token)
    except authentication.InvalidCredentials:
        return back_to_form("member-not-recognised" if as_member else "not-recognised")
    except authentication.NotRegistered:
        return back_to_form("member-not-registered")
    except authentication.PasswordSignInDisabled:
        return back_to_form("sso-only")
    except TooManyAttempts as error:
        return back_to_form(text.sign_in.wait_code(error.until, now))
    return await complete_sign_in(request, admission)


@allow(Audience.ANYONE)
async def choose(request: Request) -> Response:
    """Sign in with one of several registrations."""
    if rejection := reject_form(request):
        return rejection
    asked = str((await request.form()).get("registration", ""))
    attendee_id = int(asked) if asked.isascii() and asked.isdigit() and len(asked) < 10 else 0
    token = cookies.token_in(request.headers.get("cookie", ""), cookies.CHOICE)
    try:
        token = await authentication.choose_registration(token, attendee_id, now=clock())
    except authentication.NotSignedIn:
        return back_to_form("choice-expired")
    return await complete_sign_in(request, authentication.SignedIn(token))


@allow(Audience.ANYONE)
async def sign_out(request: Request) -> Response:
    """End the sign-in, here and on the server. Nothing is lost: it was all saved before."""
    if not is_same_site(request.headers):
        return _another_site()
    await _end(request)
    response = back_to_form("signed-out")
    cookies.drop_sign_in(response)
    return response


async def complete_sign_in(request: Request, admission: authentication.SignInResult) -> Response:
    """Start a session for whoever has proved their identity; the previous session ends.

    Whoever has several registrations chooses one of them first.
    """
    if isinstance(admission, authentication.RegistrationChoiceRequired):
        response = RedirectResponse(REGISTRATIONS, status_code=303)
        cookies.keep(response, cookies.CHOICE, admission.token, authentication.CHOICE_LIFETIME)
        return response
    await _end(request)
    header = request.headers.get("cookie", "")
    address = cookies.next_address(cookies.token_in(header, cookies.NEXT))
    response = RedirectResponse(address, status_code=303)
    cookies.set_sign_in(response, admission.token)
    for bridge in (cookies.NEXT, cookies.CHOICE, cookies.DEPARTURE):
        if cookies.token_in(header, bridge):
            cookies.drop(response, bridge)
    return response


def back_to_form(code: str) -> Response:
    """The sign-in page with the message of this code."""
    return RedirectResponse(f"{SIGN_IN_FORM}#{code}", status_code=303)


def reject_form(request: Request) -> Response | None:
    """The response to a form that is from another site or too long; None for any other."""
    if not is_same_site(request.headers):
        return _another_site()
    if not _is_short(request.headers.get("content-length", "")):
        return PlainTextResponse(text.sign_in.TOO_LONG, status_code=413)
    return None


def _is_short(length: str) -> bool:
    """Whether a body says its length, and it is one that a form of ours can have."""
    return length.isascii() and length.isdigit() and len(length) < 10 and int(length) <= FORM_LIMIT


def _another_site() -> Response:
    return PlainTextResponse(text.sign_in.ANOTHER_SITE, status_code=403)


async def _end(request: Request) -> None:
    if token := cookies.token_in(request.headers.get("cookie", "")):
        await authentication.sign_out(token)


ROUTES = checked_routes(
    Route(SIGN_IN, sign_in, methods=["POST"]),
    Route(CHOOSE_REGISTRATION, choose, methods=["POST"]),
    Route(SIGN_OUT, sign_out, methods=["POST"]),
)
