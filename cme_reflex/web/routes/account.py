"""Downloads of the transcript by its owner."""

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
from cme_reflex.web import cookies
from cme_reflex.web.access_policy import Audience, allow, checked_routes
from cme_reflex.web.download_limit import reject_excess
from cme_reflex.web.meeting import meeting_code
from cme_reflex.web.routes.sign_in import back_to_form


class _Renderer(Protocol):
    async def __call__(self, context: RequestContext, *, now: datetime) -> bytes: ...


@allow(Audience.ATTENDEE)
async def transcript_pdf(request: Request) -> Response:
    """The transcript as a PDF, to print or upload."""
    return await _download(
        request, account.render_transcript_pdf, "transcript.pdf", "application/pdf"
    )


@allow(Audience.ATTENDEE)
async def transcript_csv(request: Request) -> Response:
    """The transcript as CSV, for a spreadsheet."""
    return await _download(
        request, account.render_transcript_csv, "transcript.csv", "text/csv; charset=utf-8"
    )


async def _download(
    request: Request,
    render: _Renderer,
    name: str,
    media_type: str,
) -> Response:
    """The signed-in attendee's file; without a sign-in, a redirect to the sign-in page."""
    token, now = cookies.token_in(request.headers.get("cookie", "")), clock()
    try:
        context = await authentication.authenticate(meeting_code(request.scope), token, now=now)
        if rejection := await reject_excess(context.attendee.id):
            return rejection
        content = await render(context, now=now)
    except authentication.NotSignedIn:
        response = back_to_form("expired") if token else RedirectResponse(SIGN_IN_FORM, 303)
        cookies.set_next(response, ACCOUNT)
        return response
    except account.NoSubmittedClaim:
        return RedirectResponse(ACCOUNT, status_code=303)
    return Response(
        content,
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
