"""Paths of requests in their canonical form."""

from posixpath import normpath


def canonical_path(path: str) -> str:
    """The page that a path leads to: ``canonical_path("/claim/index.html") == "/claim"``.

    The file server folds dots and double slashes too, and finds a page under each of these.
    """
    plain = "/" + normpath(path).lstrip("/")
    for ending in ("/index.html", ".html"):
        plain = plain.removesuffix(ending)
    return plain or "/"
