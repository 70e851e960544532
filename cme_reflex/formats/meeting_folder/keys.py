"""The keys of meeting.toml: which there are, and what the file calls a part of Meeting."""

import dataclasses
from collections.abc import Iterator, Sequence
from types import UnionType
from typing import Any, Union, get_args, get_origin, get_type_hints

from cme_reflex.formats.input_problems import InputProblem, did_you_mean

MEETING_TOML = "meeting.toml"

# Where a part of Meeting stands in the file, if its name there is another one.
_KEY_PATHS: dict[tuple[str | int, ...], tuple[str, ...]] = {
    ("category1",): ("credit", "category1"),
    ("safety",): ("credit", "safety"),
    ("session_form",): ("session_evaluation",),
    ("session_form", "questions"): ("session_evaluation",),
    ("overall_form",): ("overall_evaluation",),
    ("overall_form", "questions"): ("overall_evaluation",),
    ("privacy",): ("privacy", "text"),
}


def unknown_keys(data: Any, kind: Any, place: tuple[str | int, ...]) -> Iterator[InputProblem]:
    """A problem for each key that the type does not have, all the way down."""
    if get_origin(kind) in (Union, UnionType):
        kind = next(part for part in get_args(kind) if part is not type(None))
    if get_origin(kind) is tuple and isinstance(data, Sequence) and not isinstance(data, str):
        for number, item in enumerate(data):
            yield from unknown_keys(item, get_args(kind)[0], (*place, number))
    if not dataclasses.is_dataclass(kind) or not isinstance(data, dict):
        return
    hints = get_type_hints(kind)
    fields = {field.name: hints[field.name] for field in dataclasses.fields(kind)}
    for key, value in data.items():
        if key in fields:
            yield from unknown_keys(value, fields[key], (*place, key))
        else:
            missing = fields.keys() - data.keys()
            yield unknown_key(
                (*place, key), {key_path((*place, each)).split(".")[-1] for each in missing}
            )


def unknown_key(place: tuple[str | int, ...], known: set[str]) -> InputProblem:
    """The problem with a key that is not among the known ones at its place."""
    key = str(place[-1])
    return InputProblem(
        MEETING_TOML,
        None,
        key_path(place),
        f"The key {key!r} is unknown here.",
        did_you_mean(key, known),
    )


def key_path(place: tuple[str | int, ...]) -> str:
    """The place of a value as the file has it: credit.category1.maximum_hours, faq[2].text."""
    for length in (2, 1):
        if place[:length] in _KEY_PATHS:
            place = (*_KEY_PATHS[place[:length]], *place[length:])
            break
    place = tuple("maximum_hours" if part == "maximum" else part for part in place)
    words = (f"[{part + 1}]" if isinstance(part, int) else f".{part}" for part in place)
    return "".join(words).removeprefix(".")
