"""Download of a certificate by its owner, and the picture of the owner's name on it.

For everybody else they do not exist.
"""

from dataclasses import replace
from urllib.parse import quote

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from cme_reflex.routes import CERTIFICATE, CERTIFICATE_OF_TYPE, NAME_IMAGE, verify
from cme_reflex.services.certificates import certificate
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import authentication
from cme_reflex.settings import settings
from cme_reflex.web import cookies
from cme_reflex.web.access_policy import Audience, allow, checked_routes
from cme_reflex.web.download_limit import reject_excess
from cme_reflex.web.meeting import meeting_code
from cme_reflex.web.templates import render_page


@allow(Audience.ATTENDEE)
async def download(request: Request) -> Response:
    """The PDF of one of the signed-in attendee's submitted versions, of the type in the address.

    The response is the same for another attendee's number and for one that does not exist.
    """
    number, credit_type = request.path_params["number"], request.path_params.get("credit_type")
    token = cookies.token_in(request.headers.get("cookie", ""))
    try:
        context = await authentication.authenticate(meeting_code(request.scope), token, now=clock())
        document = await certificate.load_certificate(context, number, credit_type)
        if rejection := await reject_excess(context.attendee.id):
            return rejection
    except (authentication.NotSignedIn, certificate.CertificateNotFound):
        return render_page("no_certificate.html", status_code=404)
    # Without CME_PUBLIC_URL the address of the verification page is unknown.
    if base := settings().public_url:
        document = replace(document, address=base + verify(document.number))
    name = quote(certificate.pdf_filename(document))
    return Response(
        await certificate.render_pdf(document),
        media_type="application/pdf",
        headers={
            "cache-control": "no-store",
            "content-disposition": f"attachment; filename*=UTF-8''{name}",
        },
    )


@allow(Audience.ATTENDEE)
async def name_image(request: Request) -> Response:
    """The signed-in attendee's name as the certificate prints it."""
    token = cookies.token_in(request.headers.get("cookie", ""))
    try:
        context = await authentication.authenticate(meeting_code(request.scope), token, now=clock())
        if rejection := await reject_excess(context.attendee.id):
            return rejection
        image = await certificate.draw_name(context.attendee)
    except (authentication.NotSignedIn, certificate.CertificateNotFound):
        return render_page("no_certificate.html", status_code=404)
    return Response(image, media_type="image/svg+xml", headers={"cache-control": "no-store"})


ROUTES = checked_routes(
    Route(CERTIFICATE, download, methods=["GET"]),
    Route(CERTIFICATE_OF_TYPE, download, methods=["GET"]),
    Route(NAME_IMAGE, name_image, methods=["GET"]),
)
