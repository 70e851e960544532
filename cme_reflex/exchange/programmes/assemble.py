"""From items to a programme: tidy texts, one code each, eligibility and the checks of a load."""

import html
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from cme_reflex.domain.credit import Quarters, nearest_quarters
from cme_reflex.domain.programme import Delivery
from cme_reflex.exchange.csv_table import tidy
from cme_reflex.exchange.programmes.converted import Choices, Item, Notes
from cme_reflex.exchange.programmes.eligibility import is_eligible

KIND = "session"  # where the file names none: the reader of sessions.csv needs one
_TEXTS = ("code", "title", "kind", "track", "room")


def programme(items: Iterable[Item], choices: Choices, notes: Notes) -> list[Item]:
    """The sessions in order of their start, each as it can be written and loaded."""
    kept = [_tidied(item, notes) for item in items if not _left_out(item, notes)]
    kept.sort(key=lambda item: (item.starts_at, item.code))
    return [_decided(item, choices, notes) for item in _with_own_codes(kept, notes)]


def minutes(item: Item) -> int:
    """Whole minutes from start to end."""
    return (item.ends_at - item.starts_at) // timedelta(minutes=1)


def _left_out(item: Item, notes: Notes) -> bool:
    if item.cancelled:
        notes.warn(item.place, "", "The session is cancelled.", "It is left out.")
    return item.cancelled


def _tidied(item: Item, notes: Notes) -> Item:
    """Texts without HTML entities and without characters that no screen shows."""
    texts: dict[str, Any] = {name: _clean(getattr(item, name)) for name in _TEXTS}
    # A semicolon parts two speakers in sessions.csv.
    speakers = tuple(_clean(name).replace(";", ",") for name in item.speakers)
    dropped = [name for name in _TEXTS if not html.unescape(getattr(item, name)).isprintable()]
    if any(not html.unescape(name).isprintable() for name in item.speakers):
        dropped.append("speakers")
    for name in dropped:
        what = "The text holds characters that cannot be printed."
        notes.warn(item.place, name, what, "They are left out.")
    for name in ("code", "title"):
        if not texts[name]:
            notes.fault(item.place, name, "Nothing in it can be printed.", "Write it anew.")
    return replace(
        item,
        **texts | {"kind": texts["kind"] or KIND},
        speakers=tuple(name for name in speakers if name.strip(", ")),
    )


def _clean(text: str) -> str:
    # A line break parts words; a direction mark or a joiner does not.
    spaced = " ".join(html.unescape(text).split())
    return tidy("".join(letter for letter in spaced if letter.isprintable()))


def _with_own_codes(items: Sequence[Item], notes: Notes) -> list[Item]:
    """Codes that differ: a session that is held again gets -2, -3 and so on behind its code.

    In the order of the starts, so that exporting the schedule again gives the
    same codes.
    """
    times: Counter[str] = Counter()
    held: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    taken = {item.code for item in items}
    own = []
    for item in items:
        times[item.code] += 1
        sitting = (item.starts_at.astimezone(UTC), item.room)
        if sitting in held[item.code]:
            fault = f"Another item has the same code {item.code!r}, start and room."
            notes.fault(item.place, "code", fault, "Take one out.")
        held[item.code].add(sitting)
        if (nth := times[item.code]) > 1:
            code = f"{item.code}-{nth}"
            if code in taken:
                fault = f"The code {item.code!r} is there twice, and {code!r} is another session's."
                notes.fault(item.place, "code", fault, "Give it another code.")
            what = f"Another item has the code {item.code!r}."
            notes.warn(item.place, "code", what, f"This is {code}.")
            own.append(replace(item, code=code))
        else:
            own.append(item)
    return own


def _decided(item: Item, choices: Choices, notes: Notes) -> Item:
    length = minutes(item)
    if length < 0:
        notes.fault(item.place, "end", "The session ends before it starts.", "Correct it.")
    eligible = is_eligible(item, item.kind, choices)
    if item.eligible is None and eligible and item.quarters == 0:
        eligible = False
    if item.all_day:
        what = "The item lasts all day."
        notes.warn(item.place, "", what, "Check whether it is eligible.")
    if eligible and item.quarters is None and not nearest_quarters(length):
        eligible = False
        what = f"{length} minutes round to no credit."
        notes.warn(item.place, "", what, "The session is not eligible.")
    delivery = item.delivery or choices.delivery
    _check_credit(item, length, eligible, notes)
    if delivery is Delivery.LIVE and item.on_demand_from is not None:
        fault = "A live session is not released on demand."
        notes.fault(item.place, "on_demand_from", fault, "Make the delivery both.")
    return replace(item, eligible=eligible, delivery=delivery)


def _check_credit(item: Item, length: int, eligible: bool, notes: Notes) -> None:
    if eligible and item.quarters == 0:
        fault = "The session is eligible and has no credit."
        notes.fault(item.place, "category1_hours", fault, "Give its hours, or write no.")
    most = item.quarters
    if most is None:
        most = nearest_quarters(length) if eligible else Quarters(0)
    if (item.safety or 0) > most:
        fault = "Patient Safety is a part of Category 1 and cannot be more."
        notes.fault(item.place, "patient_safety_hours", fault, "Lower it, or raise Category 1.")
    elif item.quarters is not None and item.quarters > nearest_quarters(length):
        what = f"{item.quarters * 15} minutes of credit are more than {length} minutes of session."
        notes.warn(item.place, "category1_hours", what, "Check it; it is kept.")
