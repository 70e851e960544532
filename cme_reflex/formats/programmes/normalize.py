"""Normalization of items to sessions: clean texts, unique codes, eligibility and checks."""

import html
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC
from typing import Any

from cme_reflex.domain.credit.credit_type import NO_CREDIT, CreditType, CreditTypes
from cme_reflex.domain.credit.line import designated, epoch_minute
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder.sessions_csv import CREDIT, longest
from cme_reflex.formats.programmes.eligibility import is_eligible
from cme_reflex.formats.programmes.items import ConversionLog, ProgrammeItem, ProgrammeOptions
from cme_reflex.formats.tables.csv_table import normalize_text

# By what the durations count where no meeting is named: [[credit]] with its defaults.
_USUAL = CreditTypes((CreditType(code="usual", label="", name_one="", name_many=""),))
DEFAULT_KIND = "session"  # if the file has none, because sessions.csv requires a kind
_TEXT_FIELDS = ("code", "title", "kind", "track", "room")


def normalize_items(
    items: Iterable[ProgrammeItem], options: ProgrammeOptions, log: ConversionLog
) -> list[ProgrammeItem]:
    """The sessions sorted by start, ready to be written to sessions.csv."""
    sessions = [_normalized(item, log) for item in items if not _is_cancelled(item, log)]
    sessions.sort(key=lambda item: (item.starts_at, item.code))
    return [_with_eligibility(item, options, log) for item in _with_unique_codes(sessions, log)]


def duration_minutes(item: ProgrammeItem) -> int:
    """Whole minutes from start to end; negative if the end is before the start."""
    return epoch_minute(item.ends_at) - epoch_minute(item.starts_at)


def _is_cancelled(item: ProgrammeItem, log: ConversionLog) -> bool:
    if item.cancelled:
        log.add_warning(item.location, "", "The session is cancelled.", "It is omitted.")
    return item.cancelled


def _normalized(item: ProgrammeItem, log: ConversionLog) -> ProgrammeItem:
    """The item with texts without HTML entities and unprintable characters."""
    texts: dict[str, Any] = {name: _clean(getattr(item, name)) for name in _TEXT_FIELDS}
    # A semicolon separates speakers in sessions.csv.
    speakers = tuple(_clean(name).replace(";", ",") for name in item.speakers)
    dropped = [
        name for name in _TEXT_FIELDS if not html.unescape(getattr(item, name)).isprintable()
    ]
    if any(not html.unescape(name).isprintable() for name in item.speakers):
        dropped.append("speakers")
    for name in dropped:
        what = "The text contains unprintable characters."
        log.add_warning(item.location, name, what, "They are omitted.")
    for name in ("code", "title"):
        if not texts[name]:
            log.add_fault(item.location, name, "It has no printable characters.", "Write it again.")
    return replace(
        item,
        **texts | {"kind": texts["kind"] or DEFAULT_KIND},
        speakers=tuple(name for name in speakers if name.strip(", ")),
    )


def _clean(text: str) -> str:
    # A line break separates words; a direction mark or a joiner does not.
    spaced = " ".join(html.unescape(text).split())
    return normalize_text("".join(letter for letter in spaced if letter.isprintable()))


def _with_unique_codes(items: Sequence[ProgrammeItem], log: ConversionLog) -> list[ProgrammeItem]:
    """The items with unique codes: repeated sessions get the suffixes -2, -3 and so on.

    They are numbered by start, so that a later export of the schedule gives the
    same codes.
    """
    counts: Counter[str] = Counter()
    occurrences: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    original_codes = {item.code for item in items}
    result = []
    for item in items:
        counts[item.code] += 1
        occurrence = (item.starts_at.astimezone(UTC), item.room)
        if occurrence in occurrences[item.code]:
            fault = f"Another item has the same code {item.code!r}, start and room."
            log.add_fault(item.location, "code", fault, "Remove one.")
        occurrences[item.code].add(occurrence)
        if (number := counts[item.code]) > 1:
            code = f"{item.code}-{number}"
            if code in original_codes:
                fault = f"The code {item.code!r} appears twice, and {code!r} is another session's."
                log.add_fault(item.location, "code", fault, "Give it another code.")
            what = f"Another item has the code {item.code!r}."
            log.add_warning(item.location, "code", what, f"This is {code}.")
            result.append(replace(item, code=code))
        else:
            result.append(item)
    return result


def _with_eligibility(
    item: ProgrammeItem, options: ProgrammeOptions, log: ConversionLog
) -> ProgrammeItem:
    length = duration_minutes(item)
    if length < 0:
        log.add_fault(item.location, "end", "The session ends before it starts.", "Correct it.")
    eligible = is_eligible(item, item.kind, options)
    credit = _credit(item, options.credit_types, length)
    if item.eligible is None and eligible and item.credit and not credit:
        eligible = False
    if item.all_day:
        what = "The item lasts all day."
        log.add_warning(item.location, "", what, "Check whether it is eligible.")
    if eligible and not item.credit and not credit:
        eligible = False
        what = f"{length} minutes round to no credit."
        log.add_warning(item.location, "", what, "The session is not eligible.")
    delivery = item.delivery or options.delivery
    _check_credit(item, options.credit_types, length, log)
    if eligible and options.credit_types and not credit:
        fault = "The session is eligible but gives no credit of any type."
        log.add_fault(item.location, "", fault, "Enter its credit, or write no under eligible.")
    if delivery is Delivery.LIVE and item.on_demand_from is not None:
        fault = "A live session is not released on demand."
        log.add_fault(item.location, "on_demand_from", fault, "Make the delivery both.")
    return replace(item, eligible=eligible, delivery=delivery)


def _credit(item: ProgrammeItem, types: CreditTypes, length: int) -> bool:
    """Whether the session gives credit of any type if it is eligible."""
    return any(designated(types or _USUAL, item.credit, length).values())


def _check_credit(item: ProgrammeItem, types: CreditTypes, length: int, log: ConversionLog) -> None:
    """Log a fault for a subset above its primary type, a warning for credit above the duration."""
    credit = designated(types, item.credit, length)
    for each in types:
        amount = item.credit.get(each.code, NO_CREDIT)
        column = f"{CREDIT}{each.code}"
        if each.part_of is not None and amount > credit.get(each.part_of, NO_CREDIT):
            whole = types[each.part_of].label
            fault = f"{each.label} is part of {whole} and cannot exceed it."
            log.add_fault(item.location, column, fault, f"Lower it, or raise {whole}.")
        elif each.part_of is None and amount > longest(each, length):
            minutes = each.minutes_of(amount)
            what = f"{minutes} minutes of credit exceed the session's {length} minutes."
            log.add_warning(item.location, column, what, "Check it; it is used as given.")
