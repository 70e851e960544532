"""From items to a programme: tidy texts, one code each, eligibility and the checks of a load."""

import html
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC, timedelta
from typing import Any

from cme_reflex.domain.credit.quarters import Quarters, nearest_quarters
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.programmes.eligibility import is_eligible
from cme_reflex.formats.programmes.items import ConversionLog, ProgrammeItem, ProgrammeOptions
from cme_reflex.formats.tables.csv_table import normalize_text

DEFAULT_KIND = "session"  # where the file names none: the reader of sessions.csv needs one
_TEXT_FIELDS = ("code", "title", "kind", "track", "room")


def normalize_items(
    items: Iterable[ProgrammeItem], options: ProgrammeOptions, log: ConversionLog
) -> list[ProgrammeItem]:
    """The sessions in order of their start, each as it can be written and loaded."""
    kept = [_normalized(item, log) for item in items if not _is_cancelled(item, log)]
    kept.sort(key=lambda item: (item.starts_at, item.code))
    return [_with_eligibility(item, options, log) for item in _with_unique_codes(kept, log)]


def duration_minutes(item: ProgrammeItem) -> int:
    """Whole minutes from start to end."""
    return (item.ends_at - item.starts_at) // timedelta(minutes=1)


def _is_cancelled(item: ProgrammeItem, log: ConversionLog) -> bool:
    if item.cancelled:
        log.add_warning(item.location, "", "The session is cancelled.", "It is left out.")
    return item.cancelled


def _normalized(item: ProgrammeItem, log: ConversionLog) -> ProgrammeItem:
    """Texts without HTML entities and without characters that no screen shows."""
    texts: dict[str, Any] = {name: _clean(getattr(item, name)) for name in _TEXT_FIELDS}
    # A semicolon parts two speakers in sessions.csv.
    speakers = tuple(_clean(name).replace(";", ",") for name in item.speakers)
    dropped = [
        name for name in _TEXT_FIELDS if not html.unescape(getattr(item, name)).isprintable()
    ]
    if any(not html.unescape(name).isprintable() for name in item.speakers):
        dropped.append("speakers")
    for name in dropped:
        what = "The text holds characters that cannot be printed."
        log.add_warning(item.location, name, what, "They are left out.")
    for name in ("code", "title"):
        if not texts[name]:
            log.add_fault(item.location, name, "Nothing in it can be printed.", "Write it anew.")
    return replace(
        item,
        **texts | {"kind": texts["kind"] or DEFAULT_KIND},
        speakers=tuple(name for name in speakers if name.strip(", ")),
    )


def _clean(text: str) -> str:
    # A line break parts words; a direction mark or a joiner does not.
    spaced = " ".join(html.unescape(text).split())
    return normalize_text("".join(letter for letter in spaced if letter.isprintable()))


def _with_unique_codes(items: Sequence[ProgrammeItem], log: ConversionLog) -> list[ProgrammeItem]:
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
            log.add_fault(item.location, "code", fault, "Take one out.")
        held[item.code].add(sitting)
        if (nth := times[item.code]) > 1:
            code = f"{item.code}-{nth}"
            if code in taken:
                fault = f"The code {item.code!r} is there twice, and {code!r} is another session's."
                log.add_fault(item.location, "code", fault, "Give it another code.")
            what = f"Another item has the code {item.code!r}."
            log.add_warning(item.location, "code", what, f"This is {code}.")
            own.append(replace(item, code=code))
        else:
            own.append(item)
    return own


def _with_eligibility(
    item: ProgrammeItem, options: ProgrammeOptions, log: ConversionLog
) -> ProgrammeItem:
    length = duration_minutes(item)
    if length < 0:
        log.add_fault(item.location, "end", "The session ends before it starts.", "Correct it.")
    eligible = is_eligible(item, item.kind, options)
    if item.eligible is None and eligible and item.quarters == 0:
        eligible = False
    if item.all_day:
        what = "The item lasts all day."
        log.add_warning(item.location, "", what, "Check whether it is eligible.")
    if eligible and item.quarters is None and not nearest_quarters(length):
        eligible = False
        what = f"{length} minutes round to no credit."
        log.add_warning(item.location, "", what, "The session is not eligible.")
    delivery = item.delivery or options.delivery
    _check_credit(item, length, eligible, log)
    if delivery is Delivery.LIVE and item.on_demand_from is not None:
        fault = "A live session is not released on demand."
        log.add_fault(item.location, "on_demand_from", fault, "Make the delivery both.")
    return replace(item, eligible=eligible, delivery=delivery)


def _check_credit(item: ProgrammeItem, length: int, eligible: bool, log: ConversionLog) -> None:
    if eligible and item.quarters == 0:
        fault = "The session is eligible and has no credit."
        log.add_fault(item.location, "category1_hours", fault, "Give its hours, or write no.")
    most = item.quarters
    if most is None:
        most = nearest_quarters(length) if eligible else Quarters(0)
    if (item.safety or 0) > most:
        fault = "Patient Safety is a part of Category 1 and cannot be more."
        log.add_fault(
            item.location, "patient_safety_hours", fault, "Lower it, or raise Category 1."
        )
    elif item.quarters is not None and item.quarters > nearest_quarters(length):
        what = f"{item.quarters * 15} minutes of credit are more than {length} minutes of session."
        log.add_warning(item.location, "category1_hours", what, "Check it; it is kept.")
