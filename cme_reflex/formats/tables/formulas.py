"""Escaping of text that spreadsheet programs would run as a formula.

Spreadsheet programs run a cell that begins with one of these characters as a
formula (OWASP, "CSV Injection"), so it is prefixed with an apostrophe. Text that
begins with an apostrophe gets another one, so that unescaping restores the
original text.
"""

FORMULA_PREFIXES = ("=", "+", "-", "@", "\t", "\r", "'")


def escape_formula(text: str) -> str:
    """The text as it is safe in a CSV file that a spreadsheet program opens."""
    return f"'{text}" if text.startswith(FORMULA_PREFIXES) else text


def unescape_formula(text: str) -> str:
    """Undo `escape_formula`."""
    return text[1:] if text.startswith("'") and text[1:].startswith(FORMULA_PREFIXES) else text
