"""Paths as people and machines write them."""

from posixpath import normpath


def page_of(path: str) -> str:
    """The page that a path leads to: ``page_of("/claim/index.html") == "/claim"``.

    The files server folds dots and double slashes too, and finds a page under each of these.
    """
    plain = "/" + normpath(path).lstrip("/")
    for ending in ("/index.html", ".html"):
        plain = plain.removesuffix(ending)
    return plain or "/"
