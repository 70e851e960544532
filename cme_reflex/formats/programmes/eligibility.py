"""Default eligibility of sessions by their kind and title, for files without that column.

Committee meetings, breaks, meals and industry sessions are not eligible (ACCME), nor are
sessions without education, such as a party. Staff can override it by kind or in the file.
"""

from cme_reflex.domain.folding import fold
from cme_reflex.formats.programmes.items import ProgrammeItem, ProgrammeOptions

INELIGIBLE_WORDS = frozenset(
    (
        *("break", "breaks", "coffee", "tea", "breakfast", "brunch", "lunch", "luncheon", "dinner"),
        *("meal", "meals", "committee", "committees", "industry", "sponsor", "sponsors"),
        *("sponsored", "exhibit", "exhibits", "exhibition", "exhibitor", "exhibitors", "social"),
        *("socials", "party", "reception", "networking", "registration"),
    )
)
"""Folded words in a session's kind that make it not eligible."""

_MEALS = INELIGIBLE_WORDS - {"industry", "registration", "networking", "social"}
_MEAL_FILLER = frozenset(["the", "a", "and", "with", "morning", "afternoon", "evening"])


def is_eligible(item: ProgrammeItem, kind: str, options: ProgrammeOptions) -> bool:
    """Whether this session of this kind can be claimed."""
    if item.eligible is not None:
        return item.eligible
    folded = fold(kind)
    if folded in options.eligible_kinds:
        return True
    if folded in options.ineligible_kinds or item.all_day:
        return False
    return not INELIGIBLE_WORDS & set(folded.split()) and not _is_no_education(item.title)


def _is_no_education(title: str) -> bool:
    """Whether the title is only a break or a meal, or is a committee meeting."""
    words = fold(title).split()
    if words[-1:] == ["committee"] or words[-2:] == ["committee", "meeting"]:
        return True
    return bool(words) and set(words) <= _MEALS | _MEAL_FILLER and bool(_MEALS & set(words))
