"""Which sessions can be claimed, where the file does not say: by their kind, and by their title.

Committee meetings, breaks, meals and industry sessions are not eligible (ACCME); neither is
what is no education at all, such as a party. Staff have the last word, by kind or in the file.
"""

from cme_reflex.domain.text import fold
from cme_reflex.exchange.programmes.converted import Choices, Item

NOT_EDUCATION = frozenset(
    (
        *("break", "breaks", "coffee", "tea", "breakfast", "brunch", "lunch", "luncheon", "dinner"),
        *("meal", "meals", "committee", "committees", "industry", "sponsor", "sponsors"),
        *("sponsored", "exhibit", "exhibits", "exhibition", "exhibitor", "exhibitors", "social"),
        *("socials", "party", "reception", "networking", "registration"),
    )
)
"""Words of a kind that make a session not eligible, as `fold` writes them."""

_MEALS = NOT_EDUCATION - {"industry", "registration", "networking", "social"}
_BESIDE_A_MEAL = frozenset(["the", "a", "and", "with", "morning", "afternoon", "evening"])


def is_eligible(item: Item, kind: str, choices: Choices) -> bool:
    """Whether this session of this kind can be claimed."""
    if item.eligible is not None:
        return item.eligible
    folded = fold(kind)
    if folded in choices.eligible_kinds:
        return True
    if folded in choices.ineligible_kinds or item.all_day:
        return False
    return not NOT_EDUCATION & set(folded.split()) and not _is_no_education(item.title)


def _is_no_education(title: str) -> bool:
    """Whether the title is nothing but a break or a meal, or names a committee's meeting."""
    words = fold(title).split()
    if words[-1:] == ["committee"] or words[-2:] == ["committee", "meeting"]:
        return True
    return bool(words) and set(words) <= _MEALS | _BESIDE_A_MEAL and bool(_MEALS & set(words))
