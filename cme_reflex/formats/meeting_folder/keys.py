"""Keys of meeting.toml: detection of unknown keys, and paths of Meeting's fields in the file."""

import dataclasses
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from cme_reflex.formats.input_problems import InputProblem, did_you_mean

MEETING_TOML = "meeting.toml"

# Paths of Meeting's fields in the file, where they differ from the field names.
_KEY_PATHS: dict[tuple[str | int, ...], tuple[str, ...]] = {
    ("credit_types",): ("credit",),
    ("session_form",): ("session_evaluation",),
    ("session_form", "questions"): ("session_evaluation",),
    ("overall_form",): ("overall_evaluation",),
    ("overall_form", "questions"): ("overall_evaluation",),
    ("privacy",): ("privacy", "text"),
}


def unknown_keys(data: Any, kind: Any, path: tuple[str | int, ...]) -> Iterator[InputProblem]:
    """A problem for each key that the type does not have, recursively."""
    if get_origin(kind) in (Union, UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is tuple and isinstance(data, Sequence) and not isinstance(data, str):
        for number, item in enumerate(data):
            yield from unknown_keys(item, get_args(kind)[0], (*path, number))
    if not dataclasses.is_dataclass(kind) or not isinstance(data, dict):
        return
    hints = get_type_hints(kind)
    fields = {field.name: hints[field.name] for field in dataclasses.fields(kind)}
    for key, value in data.items():
        if key in fields:
            yield from unknown_keys(value, fields[key], (*path, key))
        else:
            missing = fields.keys() - data.keys()
            yield unknown_key(
                (*path, key), {key_path((*path, name)).split(".")[-1] for name in missing}
            )


def unknown_key(path: tuple[str | int, ...], known: set[str]) -> InputProblem:
    """The problem for a key that is not among the known keys of its table."""
    key = str(path[-1])
    return InputProblem(
        MEETING_TOML,
        None,
        key_path(path),
        f"The key {key!r} is unknown here.",
        did_you_mean(key, known),
    )


def key_path(path: tuple[str | int, ...]) -> str:
    """The path of a value in the file: claim.closes_at, credit[2].name.one."""
    for length in (2, 1):
        if path[:length] in _KEY_PATHS:
            path = (*_KEY_PATHS[path[:length]], *path[length:])
            break
    parts = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in path)
    return "".join(parts).removeprefix(".")
