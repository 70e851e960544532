"""Text that a spreadsheet would take for a formula, made harmless and back again.

A cell that begins with one of these signs is run as a formula by spreadsheet
programs (OWASP, "CSV Injection"), so an apostrophe is put before it. What
begins with an apostrophe gets a second one, so that reading gives back the
very text that was written.
"""

FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "'")


def escape_formula(text: str) -> str:
    """The text as it may stand in a CSV file that is opened as a spreadsheet."""
    return f"'{text}" if text.startswith(FORMULA_PREFIXES) else text


def unescape_formula(text: str) -> str:
    """The text that `escape_formula` was given."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_PREFIXES) else text
