"""Members' single sign-on over plain HTTP: to the society's provider and back."""

import logging

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from cme_reflex.routes import SSO, SSO_CALLBACK
from cme_reflex.services import oidc, signin, single_sign_on
from cme_reflex.services.clock import clock
from cme_reflex.settings import settings
from cme_reflex.web import cookies
from cme_reflex.web.doors import Audience, doors, open_to
from cme_reflex.web.signin import back_to_form, welcome

ANSWER_LIMIT = 4_096  # characters of a query; a code and a state are a few hundred

logger = logging.getLogger(__name__)


@open_to(Audience.ANYONE)
async def depart(request: Request) -> Response:
    """Send the browser to the provider, with a cookie to come back with."""
    try:
        departure = await single_sign_on.depart(settings().meeting, _callback(request), now=clock())
    except single_sign_on.NotConfigured:
        return back_to_form("sso-failed")
    except oidc.ProviderUnavailable as error:
        logger.error("The single sign-on cannot be reached: %s", error)
        return back_to_form("sso-unavailable")
    response = RedirectResponse(departure.address, status_code=303)
    cookies.keep(response, cookies.DEPARTURE, departure.token, single_sign_on.DEPARTURE_LASTS)
    return response


@open_to(Audience.ANYONE)
async def arrive(request: Request) -> Response:
    """Sign in whoever comes back with a good answer; a fault goes to the form as a code."""
    if len(request.url.query) > ANSWER_LIMIT:
        return back_to_form("sso-failed")
    token = cookies.token_in(request.headers.get("cookie", ""), cookies.DEPARTURE)
    try:
        admission = await single_sign_on.arrive(
            settings().meeting,
            token,
            dict(request.query_params),
            client_secret=settings().oidc_client_secret.get_secret_value(),
            now=clock(),
        )
    except (single_sign_on.NotConfigured, oidc.SignInRefused) as error:
        logger.warning("A single sign-on was refused: %s", error)
        return back_to_form("sso-failed")
    except oidc.ProviderUnavailable as error:
        logger.error("The single sign-on cannot be reached: %s", error)
        return back_to_form("sso-unavailable")
    except single_sign_on.Cancelled:
        return back_to_form("sso-cancelled")
    except single_sign_on.UnknownMember:
        return back_to_form("sso-unknown")
    except signin.NotRegistered:
        return back_to_form("member-not-registered")
    return await welcome(request, admission)


def _callback(request: Request) -> str:
    """The address for the way back, as it is registered with the provider."""
    here = f"{request.url.scheme}://{request.url.netloc}"
    return f"{settings().public_url or here}{SSO_CALLBACK}"


ROUTES = doors(
    Route(SSO, depart, methods=["GET"]),
    Route(SSO_CALLBACK, arrive, methods=["GET"]),
)
