"""Eligibility of sessions: by the file, by staff's decision on a kind, or recognized as none.

Committee meetings, breaks, meals and industry sessions are not eligible (ACCME), nor are
sessions without education, such as registration or a party. Of all others staff are asked: that a
session is accredited is never assumed.
"""

import re
from collections.abc import Sequence

from cme_reflex.domain.folding import fold
from cme_reflex.formats.programmes.items import (
    ConversionLog,
    ProgrammeItem,
    ProgrammeOptions,
    SourceLocation,
)
from cme_reflex.text.plural import Plural

INELIGIBLE_WORDS = frozenset(
    (
        *("break", "breaks", "coffee", "tea", "breakfast", "brunch", "lunch", "luncheon", "dinner"),
        *("meal", "meals", "committee", "committees", "industry", "sponsor", "sponsors"),
        *("sponsored", "exhibit", "exhibits", "exhibition", "exhibitor", "exhibitors", "social"),
        *("socials", "party", "reception", "networking", "registration"),
    )
)
"""Folded words in a session's kind that make it not eligible."""

_PLAIN = (INELIGIBLE_WORDS - {"industry", "social"}) | {"refreshments", "banquet", "checkin"}
_FILLER = frozenset(
    (
        *("the", "a", "and", "with", "in", "at", "on", "of", "for", "to", "your", "own", "open"),
        *("opens", "hall", "area", "desk", "badge", "pickup", "check", "morning", "afternoon"),
        *(
            "evening",
            "midday",
            "welcome",
            "opening",
            "closing",
            "gala",
            "conference",
            "time",
            "onsite",
        ),
    )
)
_ENDING = re.compile(
    r"(?:committee|(?:committee|business|board) meeting|(?:coffee|lunch|tea) break|reception|"
    r"dinner|banquet|happy hour|exhibit hall|check in)$"
)
_SPONSORED = re.compile(
    r"\b(?:industry|commercially) (?:sponsored|supported)\b|^sponsored\b|\bsponsored by\b|"
    r"\bsponsored (?:session|symposium|workshop|lecture|breakfast|lunch|luncheon|dinner)\b|"
    r"\bindustry (?:session|symposium|workshop|theater|showcase|satellite)\b|"
    r"\bproduct theater\b|\bsatellite symposium\b| sponsored$"
)
_SESSIONS = Plural(one="{count} session", other="{count} sessions")


def is_eligible(
    item: ProgrammeItem, options: ProgrammeOptions, log: ConversionLog, *, designated: bool
) -> bool | None:
    """Whether this session can be claimed; None if nobody has decided it.

    `designated` says that the file gives it credit. What was recognized is told.
    """
    kind = fold(item.kind)
    if item.eligible is not None:
        return item.eligible
    if item.credit and not designated:
        return False
    if kind in options.ineligible_kinds:
        return False
    if item.all_day:
        return kind in options.eligible_kinds
    if not designated and is_no_education(item.title):
        what = "The title is that of a meal, a committee, a sponsored item or the like."
        remedy = "The session is not eligible; if it is, write yes under eligible in the result."
        log.add_warning(item.location, "title", what, remedy)
        return False
    if kind in options.eligible_kinds:
        return True
    if INELIGIBLE_WORDS & set(kind.split()):
        if designated:
            return None
        what = f"Sessions of the kind {item.kind!r} are not eligible."
        remedy = f"If they are, say --eligible '{item.kind}'; else --not-eligible."
        log.add_warning(item.location, "kind", what, remedy)
        return False
    return True if designated or options.all_eligible else None


def add_undecided(items: Sequence[ProgrammeItem], log: ConversionLog) -> None:
    """Add a fault for each kind of session of which nobody has said whether it is eligible."""
    kinds: dict[str, list[ProgrammeItem]] = {}
    for item in items:
        kinds.setdefault(item.kind, []).append(item)
    for kind, sessions in kinds.items():
        hours = sum((each.ends_at - each.starts_at).total_seconds() for each in sessions) / 3600
        count = _SESSIONS(len(sessions))
        fault = f"Nobody has said whether {kind!r} is eligible: {count}, {hours:.2f} hours."
        remedy = f"Say --eligible '{kind}' or --not-eligible '{kind}', or --all-eligible."
        log.add_fault(SourceLocation(), "kind", fault, remedy)


def is_no_education(title: str) -> bool:
    """Whether the title is that of a break, a meal, a committee, a sponsored item or the like."""
    folded = fold(title)
    words = set(folded.split())
    if _ENDING.search(folded) or _SPONSORED.search(folded):
        return True
    return bool(_PLAIN & words) and words <= _PLAIN | _FILLER
