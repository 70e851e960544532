"""Programmes in the shapes that organizers publish: read rightly, or refused with a remedy."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from cme_reflex.formats.input_problems import InvalidInput
from cme_reflex.formats.programmes.convert import ConversionResult, convert_programme
from cme_reflex.formats.programmes.items import ProgrammeItem, ProgrammeOptions
from cme_reflex.formats.tables.amounts import format_units
from tests.support.files.programme_shapes import CHICAGO, SHAPES, Shape
from tests.support.values.credit_types import TYPES


@pytest.mark.parametrize("shape", SHAPES, ids=lambda shape: shape.about)
def test_a_shape_is_read_rightly_or_refused_with_a_remedy_that_works(
    shape: Shape, tmp_path: Path
) -> None:
    if shape.refused:
        with pytest.raises(InvalidInput) as caught:
            convert(replace(shape, sheet=""), tmp_path)
        assert_worded(list(map(str, caught.value.problems)), shape.refused)
        name = "s.csv" if shape.corrected else shape.name
        shape = replace(shape, data=shape.corrected or shape.data, name=name)
    found = convert(shape, tmp_path, **shape.then)
    assert [line(item) for item in found.sessions] == list(shape.lines)
    assert_worded(list(map(str, found.warnings)), shape.told)


def convert(shape: Shape, folder: Path, **choices: Any) -> ConversionResult:
    (folder / shape.name).write_bytes(shape.data)
    defaults = {"credit_types": TYPES, "zone": CHICAGO, "all_eligible": True}
    options = ProgrammeOptions(**{**defaults, **shape.options, **choices})
    return convert_programme(folder / shape.name, options, sheet=shape.sheet)


def assert_worded(problems: list[str], words: tuple[str, ...]) -> None:
    """Each problem has its words, and there are no others."""
    assert len(problems) == len(words), problems
    for problem, part in zip(problems, words, strict=True):
        assert part in problem


def line(item: ProgrammeItem) -> str:
    """A session in one line: code, day, times, title, and what else it has."""
    credit = item.credit.get("category1")
    parts = (
        f"{item.code} {item.starts_at:%d %H:%M}–{item.ends_at:%H:%M} {item.title}",
        f"@{item.room}" if item.room else "",
        f"({'; '.join(item.speakers)})" if item.speakers else "",
        f"={format_units(TYPES['category1'], credit)}" if credit is not None else "",
        "" if item.eligible else "not",
    )
    assert (item.starts_at.year, item.starts_at.month) == (2030, 10)
    return " ".join(filter(None, parts))
