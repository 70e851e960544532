"""Differences between two meeting documents, by the keys of meeting.toml."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from cme_reflex.formats.meeting_folder.meeting_toml import KEYS


class Change(StrEnum):
    """What a load does to a setting."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True)
class SettingChange:
    """A change of one key of meeting.toml.

    `code` is that of the credit type, profession or registration type; empty for other keys, and
    where only the order of these tables changes.
    """

    key: str
    code: str
    change: Change


def settings_changes(
    before: Mapping[str, Any], after: Mapping[str, Any]
) -> tuple[SettingChange, ...]:
    """The changes from one meeting document to the other, in the order of the fields."""
    return tuple(
        change
        for field in {**after, **before}
        if before.get(field) != after.get(field)
        for change in _of_field(KEYS.get(field, field), before.get(field), after.get(field))
    )


def _of_field(key: str, before: Any, after: Any) -> Iterator[SettingChange]:
    old, new = _by_code(before), _by_code(after)
    if old is None or new is None or old == new:
        yield SettingChange(key, "", Change.CHANGED)
        return
    for code in new | old:
        if code not in old:
            yield SettingChange(key, code, Change.ADDED)
        elif code not in new:
            yield SettingChange(key, code, Change.REMOVED)
        elif old[code] != new[code]:
            yield SettingChange(key, code, Change.CHANGED)


def _by_code(tables: Any) -> dict[str, Any] | None:
    """The tables of a list by their code; None if it is no list of such tables."""
    if not isinstance(tables, list):
        return None
    if not all(isinstance(each, dict) and "code" in each for each in tables):
        return None
    return {each["code"]: each for each in tables}
