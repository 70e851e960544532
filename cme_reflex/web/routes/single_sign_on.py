"""Members' single sign-on (OpenID Connect) over plain HTTP: redirect and callback."""

import logging

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from cme_reflex import text
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.routes import SIGN_IN_FORM, SSO, SSO_CALLBACK
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import registrations
from cme_reflex.services.sign_in.single_sign_on import login, oidc
from cme_reflex.settings import settings
from cme_reflex.web import cookies
from cme_reflex.web.access_policy import Audience, allow, checked_routes
from cme_reflex.web.client_address import client_address
from cme_reflex.web.csrf import is_same_site
from cme_reflex.web.meeting import meeting_code
from cme_reflex.web.routes.sign_in import back_to_form, complete_sign_in

RESPONSE_LIMIT = 4_096  # characters of the callback's query; code and state take a few hundred

logger = logging.getLogger(__name__)


@allow(Audience.ANYONE)
async def start(request: Request) -> Response:
    """Redirect the browser to the identity provider, with a cookie that the callback requires.

    From another site, redirect to the sign-in page: nobody is signed in without pressing a button.
    """
    if not is_same_site(request.headers):
        return RedirectResponse(SIGN_IN_FORM, status_code=303)
    now, address = clock(), client_address(request.scope)
    try:
        started = await login.start_login(
            meeting_code(request.scope), _callback_url(request), now=now, address=address
        )
    except TooManyAttempts as error:
        return back_to_form(text.sign_in.wait_code(error.until, now))
    except login.SingleSignOnNotConfigured:
        return back_to_form("sso-failed")
    except oidc.ProviderUnavailable as error:
        logger.error("OIDC provider unreachable: %s", error)
        return back_to_form("sso-unavailable")
    response = RedirectResponse(started.address, status_code=303)
    # The provider knows one callback for all meetings, and the cookie says which one it is for.
    login_of = f"{meeting_code(request.scope)}.{started.token}"
    cookies.set_cookie(response, cookies.OIDC_LOGIN, login_of, login.LOGIN_LIFETIME)
    return response


@allow(Audience.ANYONE)
async def callback(request: Request) -> Response:
    """Sign in with a valid response of the provider; an error returns to the form as a code."""
    if len(request.scope["query_string"]) > RESPONSE_LIMIT:
        return back_to_form("sso-failed")
    login_of = cookies.token_in(request.headers.get("cookie", ""), cookies.OIDC_LOGIN)
    token = login_of.rpartition(".")[2]
    try:
        result = await login.complete_login(
            meeting_code(request.scope),
            token,
            dict(request.query_params),
            client_secret=settings().oidc_client_secret.get_secret_value(),
            now=clock(),
            address=client_address(request.scope),
        )
    except login.SingleSignOnNotConfigured:
        return back_to_form("sso-failed")
    except oidc.SignInRejected as error:
        logger.warning("OIDC sign-in rejected: %s", error)
        return back_to_form("sso-failed")
    except oidc.ProviderUnavailable as error:
        logger.error("OIDC provider unreachable: %s", error)
        return back_to_form("sso-unavailable")
    except login.SignInCancelled:
        return back_to_form("sso-cancelled")
    except login.MemberNotFound:
        return back_to_form("sso-unknown")
    except registrations.NotRegistered:
        return back_to_form("member-not-registered")
    except registrations.MeetingArchived:
        return back_to_form("archived")
    return await complete_sign_in(request, result)


def _callback_url(request: Request) -> str:
    """The redirect URI, as registered with the provider."""
    request_origin = f"{request.url.scheme}://{request.url.netloc}"
    return f"{settings().public_url or request_origin}{SSO_CALLBACK}"


ROUTES = checked_routes(
    Route(SSO, start, methods=["GET"]),
    Route(SSO_CALLBACK, callback, methods=["GET"]),
)
