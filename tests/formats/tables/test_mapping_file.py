"""Saved mappings: written and read again, or refused with every fault."""

from pathlib import Path

import pytest

from cme_reflex.formats.input_problems import InvalidInput
from cme_reflex.formats.tables.header_mapping import HeaderMapping
from cme_reflex.formats.tables.mapping_file import mapping_text, read_mapping

COLUMNS = ("code", "title", "credit:category1")


@pytest.mark.parametrize(
    "mapping",
    [
        HeaderMapping(),
        HeaderMapping({"code": 'Session "No." #', "credit:category1": "Größe"}, {"title": "[x]"}),
    ],
)
def test_a_mapping_is_read_as_it_was_written(mapping: HeaderMapping, tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(mapping_text(mapping), encoding="utf-8", newline="")
    assert read_mapping(tmp_path / "m.toml", COLUMNS) == mapping


@pytest.mark.parametrize(
    ("text", "faults"),
    [
        (
            '[maps]\n[map]\nkode = "Nr"\ncode = 3\n',
            [
                "m.toml, maps: There is no such table. Did you mean map?",
                "m.toml, map.kode: There is no such column. Did you mean code?",
                "m.toml, map.code: This is not a text. Put it in quotes.",
            ],
        ),
        (
            'map = "x"',
            ["m.toml, map: This is not a table of columns. Write [map] above its lines."],
        ),
    ],
)
def test_a_faulty_mapping_is_refused(text: str, faults: list[str], tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text(text)
    with pytest.raises(InvalidInput) as caught:
        read_mapping(tmp_path / "m.toml", COLUMNS)
    assert list(map(str, caught.value.problems)) == faults


def test_a_mapping_that_is_no_toml_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.toml").write_text("code: Nr")
    with pytest.raises(InvalidInput, match=r"m\.toml: This is not valid TOML: .* Correct it\."):
        read_mapping(tmp_path / "m.toml", COLUMNS)
