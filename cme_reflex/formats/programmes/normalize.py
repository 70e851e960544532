"""Normalization of items to sessions: clean texts, unique codes, eligibility and checks."""

import html
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import UTC
from fractions import Fraction
from hashlib import sha256
from typing import Any

from cme_reflex.domain.credit.credit_type import NO_CREDIT, CreditType, CreditTypes
from cme_reflex.domain.credit.line import designated, epoch_minute
from cme_reflex.domain.folding import fold
from cme_reflex.domain.programme.programme import Delivery
from cme_reflex.formats.meeting_folder.sessions_csv import CREDIT, longest
from cme_reflex.formats.programmes.cancellation import is_cancelled, is_cancelled_title
from cme_reflex.formats.programmes.eligibility import add_undecided, is_eligible
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
    result = [_with_eligibility(item, options, log) for item in _with_unique_codes(sessions, log)]
    if options.ask_eligible:
        add_undecided([item for item in result if item.eligible is None], log)
    return result


def duration_minutes(item: ProgrammeItem) -> int:
    """Whole minutes from start to end; negative if the end is before the start."""
    return epoch_minute(item.ends_at) - epoch_minute(item.starts_at)


def _is_cancelled(item: ProgrammeItem, log: ConversionLog) -> bool:
    cancelled = item.cancelled or is_cancelled(item.kind) or is_cancelled_title(item.title)
    if cancelled:
        log.add_warning(item.location, "", "The session is cancelled.", "It is omitted.")
    return cancelled


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
    """The items with unique codes: of those that share one, each gets its start and title added.

    A number by the order in the file would go to another session when one is removed.
    """
    sharing: dict[str, list[ProgrammeItem]] = defaultdict(list)
    for item in items:
        sharing[item.code].append(item)
    result = []
    taken: dict[str, ProgrammeItem] = {}
    for item in items:
        unique = item
        if len(sharing[item.code]) > 1:
            unique = replace(item, code=_own_code(item, sharing[item.code]))
            what = f"Other items have the code {item.code!r}, too."
            remedy = "Their start is added to it, so that each keeps its own code."
            log.add_warning(item.location, "code", what, remedy)
        first = taken.setdefault(unique.code, unique)
        if first is unique:
            result.append(unique)
        elif replace(first, location=unique.location) == unique:
            log.add_warning(
                item.location, "", "The session is in the file twice.", "It is read once."
            )
        else:
            fault = f"Another item has the same code {item.code!r}, start, title and room."
            log.add_fault(item.location, "code", fault, "Remove one.")
    return result


def _own_code(item: ProgrammeItem, sharing: Sequence[ProgrammeItem]) -> str:
    """The code with the start in UTC and, if others of this code start then, a digest."""
    starts_at = item.starts_at.astimezone(UTC)
    code = f"{item.code}-{starts_at:%Y%m%dT%H%MZ}"
    if sum(other.starts_at == item.starts_at for other in sharing) == 1:
        return code
    return f"{code}-{sha256(f'{fold(item.title)}|{fold(item.room)}'.encode()).hexdigest()[:6]}"


def _with_eligibility(
    item: ProgrammeItem, options: ProgrammeOptions, log: ConversionLog
) -> ProgrammeItem:
    length = duration_minutes(item)
    if length < 0:
        log.add_fault(item.location, "end", "The session ends before it starts.", "Correct it.")
    credit = _credit(item, options.credit_types, length)
    eligible = is_eligible(item, options, log, designated=bool(item.credit) and credit)
    if item.all_day:
        what = "The item lasts all day."
        log.add_warning(item.location, "", what, "Check whether it is eligible.")
    if eligible is not False and not item.credit and not credit:
        eligible = False
        what = f"{length} minutes round to no credit."
        log.add_warning(item.location, "", what, "The session is not eligible.")
    if eligible and _is_rounded(item, options.credit_types or _USUAL, length):
        what = "The duration is no whole number of the credit's increments."
        log.add_warning(item.location, "", what, "It is rounded by the credit type's rule.")
    delivery = item.delivery or options.delivery
    _check_credit(item, options.credit_types, length, log)
    if eligible and options.credit_types and not credit:
        fault = "The session is eligible but gives no credit of any type."
        log.add_fault(item.location, "", fault, "Enter its credit, or write no under eligible.")
    if delivery is Delivery.LIVE and item.on_demand_from is not None:
        fault = "A live session is not released on demand."
        log.add_fault(item.location, "on_demand_from", fault, "Make the delivery both.")
    return replace(item, eligible=eligible, delivery=delivery)


def warn_rounded(items: Sequence[ProgrammeItem], types: CreditTypes, log: ConversionLog) -> None:
    """Warn of eligible sessions whose credit is missing in a file that gives credit to others."""
    if not types or not types.primaries[0].gives_duration:
        return
    primary = types.primaries[0].code
    if any(primary in item.credit for item in items):
        for item in items:
            if item.eligible and primary not in item.credit:
                what = "The session is eligible and has no credit in the file."
                log.add_warning(item.location, "", what, "It gets its rounded duration.")


def _credit(item: ProgrammeItem, types: CreditTypes, length: int) -> bool:
    """Whether the session gives credit of any type if it is eligible."""
    return any(designated(types or _USUAL, item.credit, length).values())


def _is_rounded(item: ProgrammeItem, types: CreditTypes, length: int) -> bool:
    """Whether the duration gives credit of the first primary type only after rounding."""
    primary = types.primaries[0]
    if primary.code in item.credit or not primary.gives_duration:
        return False
    return (Fraction(length, primary.minutes_per_unit) / primary.increment).denominator != 1


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
