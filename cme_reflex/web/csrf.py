"""Protection against cross-site request forgery (CSRF)."""

from starlette.datastructures import Headers


def is_same_site(headers: Headers) -> bool:
    """Whether a request comes from a page of this site, by Sec-Fetch-Site or else Origin.

    True without either header: such a client is not a browser, and CSRF needs one.
    """
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site in ("same-origin", "none")
    origin = headers.get("origin")
    # An origin is scheme://host[:port] and nothing more (RFC 6454). It is compared, not parsed:
    # parsing can fail.
    return origin is None or origin.partition("://")[2] == headers.get("host")
