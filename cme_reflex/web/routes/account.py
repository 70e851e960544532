"""The transcript as files, for the person whose it is."""

from datetime import datetime
from typing import Protocol

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from cme_reflex.routes import ACCOUNT, SIGN_IN_FORM, TRANSCRIPT_CSV, TRANSCRIPT_PDF
from cme_reflex.services.certificates import account
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import authentication
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.settings import settings
from cme_reflex.web import cookies
from cme_reflex.web.access_policy import Audience, allow, checked_routes
from cme_reflex.web.routes.sign_in import back_to_form


class _Make(Protocol):
    async def __call__(self, context: RequestContext, *, now: datetime) -> bytes: ...


@allow(Audience.ATTENDEE)
async def transcript_pdf(request: Request) -> Response:
    """The transcript to print and to upload."""
    return await _download(
        request, account.render_transcript_pdf, "transcript.pdf", "application/pdf"
    )


@allow(Audience.ATTENDEE)
async def transcript_csv(request: Request) -> Response:
    """The transcript to count with."""
    return await _download(
        request, account.render_transcript_csv, "transcript.csv", "text/csv; charset=utf-8"
    )


async def _download(
    request: Request,
    make: _Make,
    name: str,
    media_type: str,
) -> Response:
    """The file of who is signed in; anybody else signs in first and comes to the account."""
    token, now = cookies.token_in(request.headers.get("cookie", "")), clock()
    try:
        context = await authentication.authenticate(settings().meeting, token, now=now)
        made = await make(context, now=now)
    except authentication.NotSignedIn:
        response = back_to_form("expired") if token else RedirectResponse(SIGN_IN_FORM, 303)
        cookies.remember_next(response, ACCOUNT)
        return response
    except account.NoSubmittedClaim:
        return RedirectResponse(ACCOUNT, status_code=303)
    return Response(
        made,
        media_type=media_type,
        headers={
            "cache-control": "no-store",
            "content-disposition": f'attachment; filename="{name}"',
        },
    )


ROUTES = checked_routes(
    Route(TRANSCRIPT_PDF, transcript_pdf, methods=["GET"]),
    Route(TRANSCRIPT_CSV, transcript_csv, methods=["GET"]),
)
