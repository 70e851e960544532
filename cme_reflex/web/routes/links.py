"""E-mail links over plain HTTP: request one, use it, and set a password with it.

A link opens a page and changes nothing (`pages/link.py`); that page posts the token. So a mail
scanner that follows links does not use them up.
"""

from datetime import timedelta

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from cme_reflex import text
from cme_reflex.domain.mail.delivery import InvalidAddress
from cme_reflex.domain.sign_in.password_policy import InvalidPassword
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.routes import (
    LINK,
    PASSWORD,
    REQUEST_LINK,
    SEND_LINK,
    SET_PASSWORD,
    SIGN_IN_FORM,
    USE_LINK,
    in_meeting,
)
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import email_link, invitations, links
from cme_reflex.services.sign_in.registrations import MeetingArchived, NotRegistered
from cme_reflex.web import cookies
from cme_reflex.web.access_policy import Audience, allow, checked_routes
from cme_reflex.web.client_address import client_address
from cme_reflex.web.forms import read_form
from cme_reflex.web.meeting import meeting_code
from cme_reflex.web.routes.sign_in import back_to_form, complete_sign_in, reject_form

PASSWORD_LINK = "cme_password_link"  # noqa: S105 - the name of a cookie
PASSWORD_LINK_LIFETIME = timedelta(hours=1)  # enough time to think of a password


@allow(Audience.ANYONE)
async def send(request: Request) -> Response:
    """Send a sign-in link; the response does not reveal whether the address is registered."""
    if rejection := reject_form(request):
        return rejection
    email, now = (await read_form(request)).get("email", ""), clock()
    client = client_address(request.scope)
    try:
        await email_link.request_link(
            meeting_code(request.scope),
            email,
            client=client,
            known=cookies.token_in(request.headers.get("cookie", ""), cookies.KNOWN_BROWSER),
            now=now,
        )
    except InvalidAddress:
        return _redirect(REQUEST_LINK, "link-address")
    except TooManyAttempts as error:
        return _redirect(REQUEST_LINK, f"link-{text.sign_in.wait_code(error.until, now)}")
    return _redirect(REQUEST_LINK, "link-sent")


@allow(Audience.ANYONE)
async def use(request: Request) -> Response:
    """Sign in with a link, or continue to the page that sets a password.

    A link from before addresses had the meeting's code is used in the meeting that it is for.
    """
    if rejection := reject_form(request):
        return rejection
    token = links.extract_token((await read_form(request)).get("token", ""))
    try:
        result = await email_link.sign_in_with_link(meeting_code(request.scope), token, now=clock())
    except links.LinkOfAnotherMeeting as other:
        return RedirectResponse(f"{in_meeting(other.code, LINK)}#{token}", status_code=303)
    except (links.LinkNotFound, links.LinkUsed, links.LinkExpired, NotRegistered) as error:
        return _rejected_link(error)
    except MeetingArchived:
        return back_to_form("archived")
    if result is not None:
        return await complete_sign_in(request, result)
    response = RedirectResponse(PASSWORD, status_code=303)
    cookies.set_cookie(response, PASSWORD_LINK, token, PASSWORD_LINK_LIFETIME)
    return response


@allow(Audience.ANYONE)
async def set_password(request: Request) -> Response:
    """Set a password with a link; an error returns to the form as a code in the fragment."""
    if rejection := reject_form(request):
        return rejection
    form = await read_form(request)
    password, repeated = form.get("password", ""), form.get("again", "")
    token = cookies.token_in(request.headers.get("cookie", ""), PASSWORD_LINK)
    if password != repeated:
        return _redirect(PASSWORD, "password-differs")
    try:
        await invitations.set_password(meeting_code(request.scope), token, password, now=clock())
    except InvalidPassword as invalid:
        return _redirect(PASSWORD, invalid.code)
    except TooManyAttempts:
        return _redirect(PASSWORD, "password-attempts")
    except (links.LinkNotFound, links.LinkUsed, links.LinkExpired) as error:
        return _rejected_link(error)
    response = _redirect(SIGN_IN_FORM, "password-set")
    cookies.delete_cookie(response, PASSWORD_LINK)
    return response


def _rejected_link(error: Exception) -> Response:
    match error:
        case links.LinkUsed(purpose=links.Purpose.SIGN_IN):
            return _redirect(REQUEST_LINK, "link-used")
        case links.LinkExpired(purpose=links.Purpose.SIGN_IN):
            return _redirect(REQUEST_LINK, "link-expired")
        case links.LinkUsed() | links.LinkExpired():
            return _redirect(REQUEST_LINK, "password-link")
    return _redirect(REQUEST_LINK, "link-unknown")


def _redirect(page: str, code: str) -> Response:
    return RedirectResponse(f"{page}#{code}", status_code=303)


ROUTES = checked_routes(
    Route(SEND_LINK, send, methods=["POST"]),
    Route(USE_LINK, use, methods=["POST"]),
    Route(SET_PASSWORD, set_password, methods=["POST"]),
)
