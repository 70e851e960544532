"""Escaping of text that spreadsheet programs would run as a formula.

In a CSV file such a text is prefixed with an apostrophe. Text that begins with an apostrophe gets
another one, so that unescaping restores the original text. In a workbook, which knows texts from
formulas, a cell's `quotePrefix` does the same.
"""

from cme_reflex.domain.formulas import begins_like_formula


def escape_formula(text: str) -> str:
    """The text as it is safe in a CSV file that a spreadsheet program opens."""
    return f"'{text}" if _needs_escape(text) else text


def unescape_formula(text: str) -> str:
    """Undo `escape_formula`."""
    return text[1:] if text.startswith("'") and _needs_escape(text[1:]) else text


def _needs_escape(text: str) -> bool:
    return text.startswith("'") or begins_like_formula(text)
