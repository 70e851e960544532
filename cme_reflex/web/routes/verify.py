"""Public verification of a certificate by its number, over plain HTTP."""

from datetime import timedelta
from math import ceil

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.routing import Route

from cme_reflex import text
from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.claims.receipt_number import canonical_receipt_number
from cme_reflex.domain.sign_in.rate_limits import TooManyAttempts
from cme_reflex.formats.pdf.certificate import less_claimed
from cme_reflex.routes import VERIFY, verify
from cme_reflex.services.certificates import certificate
from cme_reflex.services.certificates.certificate import VerifiedCertificate
from cme_reflex.services.clock import clock
from cme_reflex.web.access_policy import Audience, allow, checked_routes
from cme_reflex.web.client_address import client_address
from cme_reflex.web.templates import render_page


@allow(Audience.ANYONE)
async def form(request: Request) -> Response:
    """The form for a certificate's number; a submitted number redirects to its own address."""
    query = request.query_params.get("number", "")
    if number := canonical_receipt_number(query):
        return RedirectResponse(verify(number), status_code=303)
    return render_page("verify.html", number=query[:80], invalid=bool(query.strip()))


@allow(Audience.ANYONE)
async def result(request: Request) -> Response:
    """The certificate with the number in the address, or 404 without one."""
    number, now = request.path_params["number"], clock()
    address = client_address(request.scope)
    try:
        verified = await certificate.verify_certificate(number, now=now, address=address)
    except certificate.CertificateNotFound:
        return render_page("verify.html", status_code=404, number=number[:80], invalid=True)
    except TooManyAttempts as error:
        page = render_page("verify_limited.html", status_code=429)
        page.headers["retry-after"] = str(ceil((error.until - now) / timedelta(seconds=1)))
        return page
    return render_page(
        "verified.html",
        certificate=verified,
        credits=[_figure(credit) for credit in verified.credits],
        issued=text.dates.full_day(verified.issued_on),
        status=_status(verified),
        less=less_claimed(verified.credits),
    )


def _figure(credit: Credit) -> dict[str, object]:
    """A credit's name, as the page says it, and its formatted figure."""
    return {
        "is_primary": credit.type.is_primary,
        "name": credit.type.name_many if credit.type.is_primary else credit.type.label,
        "amount": credit.type.format(credit.claimed),
    }


def _status(verified: VerifiedCertificate) -> str:
    on = text.dates.full_day(verified.withdrawn_on) if verified.withdrawn_on else ""
    return text.verify.STATES[verified.state].format(provider=verified.provider, on=on)


ROUTES = checked_routes(
    Route(VERIFY, form, methods=["GET"]),
    Route(f"{VERIFY}/{{number}}", result, methods=["GET"]),
)
