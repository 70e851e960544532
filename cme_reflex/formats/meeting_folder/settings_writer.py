"""Writer of meeting.toml; `read_settings` reads an equal meeting back."""

from collections.abc import Mapping, Sequence
from dataclasses import MISSING, fields
from datetime import datetime
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import tomlkit
from tomlkit.items import AoT, InlineTable, Item, Table

from cme_reflex.domain.credit.credit_type import CreditStatements, CreditType
from cme_reflex.domain.meetings.meeting import Meeting
from cme_reflex.formats.atomic_file import replace_content
from cme_reflex.formats.meeting_folder.credit.toml_tables import AMOUNTS, STATEMENTS
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML
from cme_reflex.formats.meeting_folder.meeting_toml import BASED_ON, KEYS, LOGOS
from cme_reflex.formats.tables.amounts import format_step, format_units
from cme_reflex.formats.tables.local_time import to_local

_NOTES = (
    f"{MEETING_TOML}, exported from the database; docs/meeting-folder.md explains every key.",
    f"{BASED_ON} is the meeting's version that was exported. Do not change it.",
)


def meeting_toml(meeting: Meeting, version: int | None, signature_files: Mapping[str, str]) -> str:
    """The text of meeting.toml. Keys with default values are left out.

    `version` is the one that the folder is based on; `signature_files` are the names of the files
    of the signatures' images, by digest.
    """
    document = tomlkit.document()
    if version is not None:
        for note in _NOTES:
            document.add(tomlkit.comment(note))
        document.add(tomlkit.nl())
        document[BASED_ON] = version
    tables = _table(meeting, meeting.zone, without=(*LOGOS, "credit_types", "privacy"))
    for table, signature in zip(tables.get("signatures", ()), meeting.signatures, strict=False):
        table["image"] = signature_files[signature.image]
    tables["credit"] = [_credit_table(each, meeting.zone) for each in meeting.credit_types]
    tables["privacy"] = {"text": meeting.privacy}
    for field in ("session_form", "overall_form"):
        tables[KEYS[field]] = tables.pop(field)["questions"]
    # TOML has plain keys before tables, and these are easier to read before lists of tables.
    for key, value in sorted(tables.items(), key=lambda item: _nesting(item[1])):
        document[key] = _item(value)
    return tomlkit.dumps(document)


def set_based_on(folder: Path, version: int) -> None:
    """Write the version that the folder is based on into its meeting.toml. Raises OSError."""
    file = folder / MEETING_TOML
    document = tomlkit.parse(file.read_bytes().decode("utf-8-sig"))
    document[BASED_ON] = version
    replace_content(file, tomlkit.dumps(document).encode())


def _table(value: Any, zone: ZoneInfo, without: Sequence[str] = ()) -> dict[str, Any]:
    """The fields of a dataclass that differ from their defaults, as plain values."""
    return {
        field.name: _plain(getattr(value, field.name), zone)
        for field in fields(value)
        if field.name not in without and getattr(value, field.name) != _default(field)
    }


def _default(field: Any) -> Any:
    return field.default if field.default_factory is MISSING else field.default_factory()


def _plain(value: Any, zone: ZoneInfo) -> Any:
    match value:
        case StrEnum():
            return str(value)
        case datetime():
            return to_local(value, zone)
        case tuple():
            return [_plain(each, zone) for each in value]
        case frozenset():
            return sorted(value)
    return _table(value, zone) if hasattr(value, "__dataclass_fields__") else value


def _credit_table(credit_type: CreditType, zone: ZoneInfo) -> dict[str, Any]:
    """A [[credit]] table, with amounts in units."""
    names = {"one": credit_type.name_one, "many": credit_type.name_many}
    without = (*AMOUNTS, "name_one", "name_many", "statements", "increment", "registration_maxima")
    table = _table(credit_type, zone, without=without)
    table = {"code": table.pop("code"), "label": table.pop("label"), "name": names} | table
    if credit_type.increment != CreditType.__dataclass_fields__["increment"].default:
        table["increment"] = Decimal(format_step(credit_type.increment))
    for key in AMOUNTS:
        if (amount := getattr(credit_type, key)) is not None:
            table[key] = Decimal(format_units(credit_type, amount))
    if credit_type.registration_maxima:
        table["registration_maxima"] = {
            code: Decimal(format_units(credit_type, amount))
            for code, amount in credit_type.registration_maxima.items()
        }
    empty = CreditStatements()
    for key, field in STATEMENTS.items():
        if (statement := getattr(credit_type.statements, field)) != getattr(empty, field):
            table[key] = statement
    return table


def _nesting(value: Any) -> int:
    """0 for plain values, 1 for tables, 2 for lists of tables."""
    if isinstance(value, list) and any(isinstance(each, dict) for each in value):
        return 2
    return int(isinstance(value, dict))


def _item(value: Any, *, inline: bool = False) -> Item:
    match value:
        case dict():
            table: InlineTable | Table = tomlkit.inline_table() if inline else tomlkit.table()
            for key, each in value.items():
                table.append(key, _item(each, inline=True))
            return table
        case list() if _nesting(value) == 2 and not inline:
            tables: AoT = tomlkit.aot()
            for each in value:
                tables.append(_item(each))
            return tables
        case Decimal():
            written: Item = tomlkit.value(f"{value:f}" if value % 1 else f"{value:.0f}")
            return written
        case str():
            return tomlkit.string(value, multiline=_reads_better_in_lines(value))
    item: Item = tomlkit.item(value)
    return item


def _reads_better_in_lines(text: str) -> bool:
    """Whether a text stands over several lines. A parser drops a line end right at its start."""
    lines = text.split("\n")
    return len(lines) > 1 and bool(lines[0]) and all(map(str.isprintable, lines))
