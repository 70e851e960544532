"""Options of conversions that have two parts, such as ``--map COLUMN=HEADING``."""

from cme_reflex.cli.errors import CliError


def split_option(option: str, form: str) -> tuple[str, str]:
    """The two parts of an option. Raises CliError, which shows the form, without the sign."""
    key, equals, value = option.partition("=")
    if not equals or not key.strip():
        raise CliError(f"Write it as {form}, not {option!r}.")
    return key.strip(), value.strip()
