"""Saved mappings: which heading of a system's files is which of our columns, as TOML."""

import tomllib
from collections.abc import Collection, Mapping
from pathlib import Path

import tomlkit

from cme_reflex.formats import input_limits
from cme_reflex.formats.input_problems import InputProblem, InvalidInput, did_you_mean
from cme_reflex.formats.tables.header_mapping import HeaderMapping
from cme_reflex.formats.tables.text_file import decode_text, read_bytes

_TABLES = ("map", "default")


def read_mapping(path: Path, columns: Collection[str]) -> HeaderMapping:
    """Read a saved mapping. Raises InvalidInput with every fault."""
    text = decode_text(path.name, read_bytes(path, input_limits.SETTINGS_BYTES))
    try:
        document = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        fault = f"This is not valid TOML: {error}."
        raise InvalidInput([InputProblem(path.name, None, None, fault, "Correct it.")]) from None
    problems = [
        *(
            InputProblem(
                path.name, None, name, "There is no such table.", did_you_mean(name, _TABLES)
            )
            for name in document
            if name not in _TABLES
        ),
        *(
            problem
            for name in _TABLES
            for problem in _problems(path.name, name, document.get(name, {}), columns)
        ),
    ]
    if problems:
        raise InvalidInput(problems)
    return HeaderMapping(*(dict(document.get(name, {})) for name in _TABLES))


def mapping_text(mapping: HeaderMapping) -> str:
    """The text of a mapping, as `read_mapping` reads it."""
    document = tomlkit.document()
    for name, values in zip(_TABLES, (mapping.headings, mapping.defaults), strict=True):
        if values:
            document[name] = dict(values)
    return tomlkit.dumps(document)


def _problems(
    file: str, table: str, values: object, columns: Collection[str]
) -> list[InputProblem]:
    if not isinstance(values, Mapping):
        fault = "This is not a table of columns."
        return [InputProblem(file, None, table, fault, f"Write [{table}] above its lines.")]
    return [
        InputProblem(file, None, f"{table}.{column}", *problem)
        for column, value in values.items()
        for problem in (
            *(
                [("There is no such column.", did_you_mean(column, columns))]
                if column not in columns
                else []
            ),
            *([] if isinstance(value, str) else [("This is not a text.", "Put it in quotes.")]),
        )
    ]
