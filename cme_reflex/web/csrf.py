"""Protection against cross-site request forgery (CSRF)."""

from starlette.datastructures import Headers

from cme_reflex.settings import settings


def is_same_site(headers: Headers) -> bool:
    """Whether a request comes from a page of this site, by Sec-Fetch-Site or else Origin.

    True without either header: such a client is not a browser, and CSRF needs one.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    if origin is None:
        return True
    # An origin is scheme://host[:port] and nothing more (RFC 6454). It is compared, not parsed:
    # parsing can fail.
    scheme, _, host = origin.partition("://")
    return host == headers.get("host") and (scheme == "https" or not settings().is_https)
