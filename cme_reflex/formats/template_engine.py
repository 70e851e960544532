"""Jinja, set up for the files in `templates/`."""

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape


def environment() -> Environment:
    """The templates; .html is escaped, and a name that nobody filled in is an error."""
    return Environment(
        loader=PackageLoader("cme_reflex.formats"),
        autoescape=select_autoescape(["html"]),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
