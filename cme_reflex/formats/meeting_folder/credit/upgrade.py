"""Upgrade of an old folder's files to [[credit]], with comments and a copy of what they were."""

import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any

import tomlkit
from tomlkit.container import Container
from tomlkit.items import AoT, Comment, Item, Table, Whitespace

from cme_reflex.formats.atomic_file import atomic_write, replace_content
from cme_reflex.formats.meeting_folder.credit import old_folders
from cme_reflex.formats.meeting_folder.folder import read_meeting_folder
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML
from cme_reflex.formats.meeting_folder.meeting_toml import read_toml
from cme_reflex.formats.meeting_folder.sessions_csv import CREDIT

SESSIONS_CSV = "sessions.csv"
COPIES = "before-upgrade"  # folder of the copies

_OLD_WORDS = re.compile(rf"maximum_hours|credit\.\w+|{'|'.join(old_folders.COLUMNS)}")
_BLANK_BELOW_COMMENT = re.compile(r"(^#.*\n)\n(?=\[\[credit\]\]$)", re.MULTILINE)
_CREDIT_TABLE = re.compile(r"^((?:#.*\n)*)\[\[credit\]\]$", re.MULTILINE)


class UpgradeChangesMeeting(Exception):
    """The upgraded files would not load to the same meeting, so nothing was changed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Upgrade:
    """What an upgrade changes: the new texts by file name, and each change in words.

    `outdated_comments` are the rows of comments in the new meeting.toml that name old keys.
    """

    texts: Mapping[str, str]
    changes: tuple[str, ...]
    outdated_comments: tuple[int, ...]


def plan_upgrade(folder: Path) -> Upgrade:
    """The upgrade of this folder, which changes nothing if it has no old key and column.

    Raises InvalidInput if the folder has faults, and UpgradeChangesMeeting.
    """
    before = read_meeting_folder(folder)
    texts: dict[str, str] = {}
    changes: list[str] = []
    if old_folders.has_old_keys(read_toml(folder / MEETING_TOML)):
        texts[MEETING_TOML] = _with_line_ends_of(folder / MEETING_TOML, _upgraded_settings)
        changes += _settings_changes(before.meeting.credit_types[0].registration_maxima)
    sessions = _text(folder / SESSIONS_CSV)
    columns = [name for name in old_folders.COLUMNS if name in _heading(sessions)]
    if columns:
        texts[SESSIONS_CSV] = _with_new_columns(sessions)
        changes += [
            f"{SESSIONS_CSV}: the column {name} is now {CREDIT}{old_folders.COLUMNS[name]}"
            for name in columns
        ]
    with tempfile.TemporaryDirectory(prefix="cme-upgrade-") as temporary:
        trial = Path(shutil.copytree(folder, Path(temporary) / "meeting"))
        for name, text in texts.items():
            (trial / name).write_bytes(text.encode())
        if read_meeting_folder(trial) != before:
            raise UpgradeChangesMeeting(folder)
    return Upgrade(
        texts=texts,
        changes=tuple(changes),
        outdated_comments=tuple(_outdated_comments(texts.get(MEETING_TOML, ""))),
    )


def write_upgrade(folder: Path, upgrade: Upgrade) -> Path | None:
    """Write the new files, after copies of the old ones; return the copies' folder, if any.

    Each file is replaced at once, and one new file beside one old file is the same meeting, so
    that an upgrade which was interrupted is finished by the next. Raises OSError.
    """
    copies = [_keep_copy(folder / name) for name in upgrade.texts]
    for name, text in upgrade.texts.items():
        replace_content(folder / name, text.encode())
    return copies[0] if copies else None


def _keep_copy(file: Path) -> Path:
    """Copy the file to a folder beside it, never over another copy; return that folder."""
    content = file.read_bytes()
    for number in count(1):
        folder = file.parent / (COPIES if number == 1 else f"{COPIES}-{number}")
        copy = folder / file.name
        if not copy.exists():
            folder.mkdir(exist_ok=True)
            with atomic_write(copy) as new:
                new.write(content)
            return folder
        if copy.read_bytes() == content:
            return folder
    raise AssertionError  # `count` has no end


def _upgraded_settings(text: str) -> str:
    """The text of meeting.toml with [[credit]] and [[professions]] in place of the old keys."""
    document = tomlkit.parse(text)
    values = document.unwrap()
    extras: dict[str, Any] = {old_folders.CATEGORY1: {}, old_folders.SAFETY: {}}
    if maxima := _take_maxima(document):
        written = tomlkit.inline_table()
        written.update(maxima)
        extras[old_folders.CATEGORY1]["registration_maxima"] = written
    statements, comments = _take_statements(document)
    credit = tomlkit.aot()
    for code in (old_folders.CATEGORY1, old_folders.SAFETY):
        primary = code == old_folders.CATEGORY1
        table = _credit_table(document["credit"][code], values["credit"][code], code, extras[code])
        for each in comments if primary else ():
            table.add(each)
        for key, statement in statements.items() if primary else ():
            table.append(key, statement)
        _append_rest(table, document["credit"][code], last=not primary)
        credit.append(table)
    _replace_credit(document, credit)
    new = _BLANK_BELOW_COMMENT.sub(r"\1", tomlkit.dumps(document))
    return _CREDIT_TABLE.sub(lambda found: _professions(document) + found[0], new, count=1)


def _credit_table(old: Any, values: Mapping[str, Any], code: str, extras: dict[str, Any]) -> Table:
    """The new table of a credit type, with the comments among the old one's keys."""
    new = old_folders.credit_table(code, values["label"], values["name"])
    table = tomlkit.table()
    table.append("code", new.pop("code"))
    items = _body(old)
    last = max((number for number, (key, _) in enumerate(items) if key), default=-1)
    for key, item in items[: last + 1]:
        if key is None:
            table.value.append(None, item)
        elif key == "name":
            names = tomlkit.inline_table()
            names.update(new["name"])
            _keep_comment(item, names)
            table.append("name", names)
        else:
            table.append("maximum" if key == "maximum_hours" else key, item)
    for key, value in {**new, **extras}.items():
        if key not in table:
            table.append(key, value)
    return table


def _append_rest(table: Table, old: Any, *, last: bool) -> None:
    """Add what followed the last key of the old table: a blank line, and the next one's comment."""
    items = _body(old)
    end = max((number for number, (key, _) in enumerate(items) if key), default=-1)
    rest = [item for _, item in items[end + 1 :]]
    for item in rest or ([] if last else [tomlkit.nl()]):
        table.value.append(None, item)


def _body(table: Any) -> list[tuple[str | None, Item]]:
    """A table's keys, comments and blank lines; without those if it is not a table of its own."""
    if not isinstance(table, Table):
        return [(key, tomlkit.item(value)) for key, value in table.unwrap().items()]
    container: Container = table.value
    return [(None if key is None else key.key, item) for key, item in container.body]


def _keep_comment(old: Item, new: Item) -> None:
    new.trivia.comment_ws, new.trivia.comment = old.trivia.comment_ws, old.trivia.comment


def _take_maxima(document: tomlkit.TOMLDocument) -> dict[str, Any]:
    """Remove the maxima of registration types; a comment beside one stays."""
    maxima = {}
    for table in document["registration_types"]:
        if "maximum_hours" in table:
            item = table["maximum_hours"]
            maxima[str(table["code"])] = tomlkit.value(item.as_string())  # 2.00 stays 2.00
            comment = item.trivia.comment
            table.remove("maximum_hours")
            if comment and isinstance(table, Table):
                table.add(tomlkit.comment(comment.lstrip("# ")))
    return maxima


def _take_statements(
    document: tomlkit.TOMLDocument,
) -> tuple[dict[str, Item], list[Comment]]:
    """Remove the provider's statements, and the comments directly above them."""
    provider: Any = document["provider"]
    statements = {key: provider[key] for key in old_folders.STATEMENTS if key in provider}
    comments: list[Comment] = []
    if isinstance(provider, Table):
        body = provider.value.body
        for number in [n for n, (key, _) in enumerate(body) if key and key.key in statements]:
            above: list[Comment] = []
            while isinstance(comment := body[number - 1 - len(above)][1], Comment):
                body[number - 1 - len(above)] = (None, tomlkit.ws(""))
                above.insert(0, comment)
            comments += above
    for key in statements:
        provider.remove(key)
    if isinstance(provider, Table):
        _drop_repeated_blanks(provider)
    return statements, comments


def _drop_repeated_blanks(table: Table) -> None:
    """Leave one of the blank lines that stand together now."""
    follows_blank = False
    body = table.value.body
    for number, (_, item) in enumerate(body):
        if not item.as_string():  # of what was removed
            continue
        blank = isinstance(item, Whitespace)
        if blank and follows_blank:
            body[number] = (None, tomlkit.ws(""))
        follows_blank = blank


def _replace_credit(document: tomlkit.TOMLDocument, credit: AoT) -> None:
    """Put the new tables in the place of the old ones; at the end if these were not together."""
    if isinstance(document["credit"], Table):
        document["credit"] = credit
    else:
        document.remove("credit")
        document.add(tomlkit.nl())
        document.append("credit", credit)


def _professions(document: tomlkit.TOMLDocument) -> str:
    if "professions" in document:
        return ""
    professions = tomlkit.aot()
    for each in old_folders.PROFESSIONS:
        table = tomlkit.table()
        table.update({key: value for key, value in each.items() if value})
        professions.append(table)
    comment = "# Professions of attendees.csv, with the degrees that mean them.\n"
    return f"{comment}{tomlkit.dumps({'professions': professions})}\n"


def _settings_changes(maxima: Mapping[str, Any]) -> Iterator[str]:
    yield f"{MEETING_TOML}: [credit.category1] and [credit.safety] are now two tables [[credit]]"
    yield f"{MEETING_TOML}: the statements of [provider] are now in the first of them"
    if maxima:
        yield f"{MEETING_TOML}: maximum_hours of registration types is now its registration_maxima"
    yield f"{MEETING_TOML}: the professions physician and other are now listed: [[professions]]"


def _outdated_comments(text: str) -> Iterator[int]:
    for row, line in enumerate(text.splitlines(), start=1):
        _, hash_sign, comment = line.partition("#")
        if hash_sign and _OLD_WORDS.search(comment):
            yield row


def _with_new_columns(text: str) -> str:
    heading = _heading(text)
    renamed = heading
    for name, code in old_folders.COLUMNS.items():
        renamed = re.sub(rf"\b{name}\b", f"{CREDIT}{code}", renamed)
    return renamed + text.removeprefix(heading)


def _heading(text: str) -> str:
    return text.split("\n", 1)[0]


def _text(file: Path) -> str:
    return file.read_bytes().decode()


def _with_line_ends_of(file: Path, change: Any) -> str:
    """The changed text of the file, with its kind of line ends and without a byte order mark."""
    text = _text(file).removeprefix("\ufeff")
    if "\r\n" not in text:
        return str(change(text))
    return str(change(text.replace("\r\n", "\n"))).replace("\n", "\r\n")
