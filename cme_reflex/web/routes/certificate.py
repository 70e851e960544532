"""The certificate as a file, for its owner; to everybody else it does not exist."""

from dataclasses import replace
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cme_reflex.routes import CERTIFICATE, verify
from cme_reflex.services.certificates import certificate
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import authentication
from cme_reflex.settings import settings
from cme_reflex.web import cookies
from cme_reflex.web.access_policy import Audience, allow, checked_routes
from cme_reflex.web.templates import render_page


@allow(Audience.ATTENDEE)
async def download(request: Request) -> Response:
    """The PDF of one of the signed-in attendee's versions.

    Nobody learns from the answer whether a number of somebody else exists.
    """
    token = cookies.token_in(request.headers.get("cookie", ""))
    try:
        context = await authentication.authenticate(settings().meeting, token, now=clock())
        owned = await certificate.load_certificate(context, request.path_params["number"])
    except (authentication.NotSignedIn, certificate.CertificateNotFound):
        return render_page("no_certificate.html", status_code=404)
    # Without a public address it is not known where the number could be checked.
    if base := settings().public_url:
        owned = replace(owned, address=base + verify(owned.number))
    name = quote(certificate.pdf_filename(owned.number))
    return Response(
        await certificate.render_pdf(owned),
        media_type="application/pdf",
        headers={
            "cache-control": "no-store",
            "content-disposition": f"attachment; filename*=UTF-8''{name}",
        },
    )


ROUTES = checked_routes(Route(CERTIFICATE, download, methods=["GET"]))
