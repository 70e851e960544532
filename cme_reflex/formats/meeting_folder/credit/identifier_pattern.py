"""The regular expression of a credit type's identifiers, matched in linear time.

Python's own matcher takes exponential time for a pattern such as `(a+)+b`. RE2 does not, and knows
no back references and no lookaround.
"""

from functools import lru_cache
from typing import Any

import re2

_OPTIONS = re2.Options()
_OPTIONS.log_errors = False


class InvalidPattern(Exception):
    """The text is not a regular expression of RE2, which the message explains."""


def check(pattern: str) -> None:
    """Raise InvalidPattern unless this is a regular expression."""
    _compiled(pattern)


def matches(pattern: str, identifier: str) -> bool:
    """Whether the whole identifier matches. Raises InvalidPattern."""
    return _compiled(pattern).fullmatch(identifier) is not None


@lru_cache(maxsize=16)
def _compiled(pattern: str) -> Any:
    try:
        return re2.compile(pattern, _OPTIONS)
    except re2.error as error:
        raise InvalidPattern(error.args[0].decode(errors="replace")) from None
