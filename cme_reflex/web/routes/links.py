"""Links by e-mail over plain HTTP: asking for one, opening it, and setting a password with it.

A link's address is a page and changes nothing (`pages/link.py`); what it opens is posted.
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
    PASSWORD,
    REQUEST_LINK,
    SEND_LINK,
    SET_PASSWORD,
    SIGN_IN_FORM,
    USE_LINK,
)
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import email_link, invitations, links
from cme_reflex.services.sign_in.authentication import NotRegistered
from cme_reflex.settings import settings
from cme_reflex.web import cookies
from cme_reflex.web.access_policy import Audience, allow, checked_routes
from cme_reflex.web.client_address import client_address
from cme_reflex.web.routes.sign_in import complete_sign_in, reject_form

PASSWORD_LINK = "cme_password_link"  # noqa: S105 - the name of a cookie
PASSWORD_LINK_LASTS = timedelta(hours=1)  # long enough to think of a password


@allow(Audience.ANYONE)
async def send(request: Request) -> Response:
    """Have a link sent; the answer is the same whether anybody has the address or not."""
    if rejection := reject_form(request):
        return rejection
    typed, now = str((await request.form()).get("email", "")), clock()
    client = client_address(request.scope)
    try:
        await email_link.request_link(settings().meeting, typed, client=client, now=now)
    except InvalidAddress:
        return _to(REQUEST_LINK, "link-address")
    except TooManyAttempts as error:
        return _to(REQUEST_LINK, f"link-{text.sign_in.wait_code(error.until, now)}")
    return _to(REQUEST_LINK, "link-sent")


@allow(Audience.ANYONE)
async def use(request: Request) -> Response:
    """Sign in with a link, or go on to set a password with it."""
    if rejection := reject_form(request):
        return rejection
    token = links.extract_token(str((await request.form()).get("token", "")))
    try:
        opened = await email_link.sign_in_with_link(settings().meeting, token, now=clock())
    except (links.LinkNotFound, links.LinkUsed, links.LinkExpired, NotRegistered) as error:
        return _no_longer_good(error)
    if opened is not None:
        return await complete_sign_in(request, opened)
    response = RedirectResponse(PASSWORD, status_code=303)
    cookies.keep(response, PASSWORD_LINK, token, PASSWORD_LINK_LASTS)
    return response


@allow(Audience.ANYONE)
async def set_password(request: Request) -> Response:
    """Set the password of whoever came here with a link; a fault goes back to the form."""
    if rejection := reject_form(request):
        return rejection
    form = await request.form()
    password, again = str(form.get("password", "")), str(form.get("again", ""))
    token = cookies.token_in(request.headers.get("cookie", ""), PASSWORD_LINK)
    if password != again:
        return _to(PASSWORD, "password-differs")
    try:
        await invitations.set_password(settings().meeting, token, password, now=clock())
    except InvalidPassword as unfit:
        return _to(PASSWORD, unfit.code)
    except (links.LinkNotFound, links.LinkUsed, links.LinkExpired) as error:
        return _no_longer_good(error)
    response = _to(SIGN_IN_FORM, "password-set")
    cookies.drop(response, PASSWORD_LINK)
    return response


def _no_longer_good(error: Exception) -> Response:
    match error:
        case links.LinkUsed(purpose=links.Purpose.SIGN_IN):
            return _to(REQUEST_LINK, "link-used")
        case links.LinkExpired(purpose=links.Purpose.SIGN_IN):
            return _to(REQUEST_LINK, "link-expired")
        case links.LinkUsed() | links.LinkExpired():
            return _to(REQUEST_LINK, "password-link")
    return _to(REQUEST_LINK, "link-unknown")


def _to(page: str, code: str) -> Response:
    return RedirectResponse(f"{page}#{code}", status_code=303)


ROUTES = checked_routes(
    Route(SEND_LINK, send, methods=["POST"]),
    Route(USE_LINK, use, methods=["POST"]),
    Route(SET_PASSWORD, set_password, methods=["POST"]),
)
