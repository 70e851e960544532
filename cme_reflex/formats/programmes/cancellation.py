"""Sessions that are marked as cancelled, in a column of their own or in their title."""

import re

from cme_reflex.domain.folding import fold

_CANCELLED = frozenset({"cancelled", "canceled", "withdrawn"})
_WORD = r"(?:cancell?ed|withdrawn)"
# "CANCELLED: Flaps", "[Canceled] Flaps", "Flaps (cancelled)", "Flaps – CANCELLED"; but not
# "Cancelled Surgeries and Their Causes".
_IN_TITLE = re.compile(
    rf"\W*{_WORD}\W*|\W*{_WORD}\s*[\]):!*–—\-].*|.*[\[(*–—\-]\s*{_WORD}\W*", re.IGNORECASE
)


def is_cancelled(status: str) -> bool:
    """Whether a status, such as that of a calendar's event, says that it is cancelled."""
    return fold(status) in _CANCELLED


def is_cancelled_title(title: str) -> bool:
    """Whether a title begins or ends with the word, apart from the rest."""
    return bool(_IN_TITLE.fullmatch(title))
