"""docs/asvs.md: every requirement of level 1 and 2 once, with tests that exist, and its counts."""

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache

import pytest

from cme_reflex.settings import ROOT
from tests.support.checks import documents

DOCUMENT = ROOT / "docs" / "asvs.md"

# The ids of the OWASP Application Security Verification Standard 5.0.0, without their V.
LEVEL_1 = """
1.2.1 1.2.2 1.2.3 1.2.4 1.2.5 1.3.1 1.3.2 1.5.1 2.1.1 2.2.1 2.2.2 2.3.1 3.2.1 3.2.2 3.3.1
3.4.1 3.4.2 3.5.1 3.5.2 3.5.3 4.1.1 4.4.1 5.2.1 5.2.2 5.3.1 5.3.2 6.1.1 6.2.1 6.2.2 6.2.3
6.2.4 6.2.5 6.2.6 6.2.7 6.2.8 6.3.1 6.3.2 6.4.1 6.4.2 7.2.1 7.2.2 7.2.3 7.2.4 7.4.1 7.4.2
8.1.1 8.2.1 8.2.2 8.3.1 9.1.1 9.1.2 9.1.3 9.2.1 10.4.1 10.4.2 10.4.3 10.4.4 10.4.5 11.3.1
11.3.2 11.4.1 12.1.1 12.2.1 12.2.2 13.4.1 14.2.1 14.3.1 15.1.1 15.2.1 15.3.1
"""
LEVEL_2 = """
1.1.1 1.1.2 1.2.6 1.2.7 1.2.8 1.2.9 1.3.3 1.3.4 1.3.5 1.3.6 1.3.7 1.3.8 1.3.9 1.3.10
1.3.11 1.4.1 1.4.2 1.4.3 1.5.2 2.1.2 2.1.3 2.2.3 2.3.2 2.3.3 2.3.4 2.4.1 3.3.2 3.3.3 3.3.4
3.4.3 3.4.4 3.4.5 3.4.6 3.5.4 3.5.5 3.7.1 3.7.2 4.1.2 4.1.3 4.2.1 4.3.1 4.3.2 4.4.2 4.4.3
4.4.4 5.1.1 5.2.3 5.4.1 5.4.2 5.4.3 6.1.2 6.1.3 6.2.9 6.2.10 6.2.11 6.2.12 6.3.3 6.3.4
6.4.3 6.4.4 6.5.1 6.5.2 6.5.3 6.5.4 6.5.5 6.6.1 6.6.2 6.6.3 6.8.1 6.8.2 6.8.3 6.8.4 7.1.1
7.1.2 7.1.3 7.3.1 7.3.2 7.4.3 7.4.4 7.4.5 7.5.1 7.5.2 7.6.1 7.6.2 8.1.2 8.2.3 8.4.1 9.2.2
9.2.3 9.2.4 10.1.1 10.1.2 10.2.1 10.2.2 10.3.1 10.3.2 10.3.3 10.3.4 10.4.6 10.4.7 10.4.8
10.4.9 10.4.10 10.4.11 10.5.1 10.5.2 10.5.3 10.5.4 10.5.5 10.6.1 10.6.2 10.7.1 10.7.2
10.7.3 11.1.1 11.1.2 11.2.1 11.2.2 11.2.3 11.3.3 11.4.2 11.4.3 11.4.4 11.5.1 11.6.1 12.1.2
12.1.3 12.3.1 12.3.2 12.3.3 12.3.4 13.1.1 13.2.1 13.2.2 13.2.3 13.2.4 13.2.5 13.3.1 13.3.2
13.4.2 13.4.3 13.4.4 13.4.5 14.1.1 14.1.2 14.2.2 14.2.3 14.2.4 14.3.2 14.3.3 15.1.2 15.1.3
15.2.2 15.2.3 15.3.2 15.3.3 15.3.4 15.3.5 15.3.6 15.3.7 16.1.1 16.2.1 16.2.2 16.2.3 16.2.4
16.2.5 16.3.1 16.3.2 16.3.3 16.3.4 16.4.1 16.4.2 16.4.3 16.5.1 16.5.2 16.5.3 17.1.1 17.2.1
17.2.2 17.2.3 17.2.4 17.3.1 17.3.2
"""

Requirement = tuple[str, str, str, str]
"""Id, level, requirement, and how it is met or why not."""

NOT_MET, NOT_APPLICABLE = "Not met, because ", "Not applicable, because "
REQUIREMENT = re.compile(r"^\| (V[\d.]+) \| (.*?) \| (.*?) \| (.*) \|$", re.MULTILINE)
COUNTS = re.compile(r"^\| \[V(\d+) .*\| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
TOTALS = re.compile(r"^\| all \| (\d+) \| (\d+) \| (\d+) \|$", re.MULTILINE)
TEST = re.compile(r"(?P<file>[\w/.-]+/test_\w+\.py)(?P<names>(::\w+)*)")


def requirements() -> list[Requirement]:
    return REQUIREMENT.findall(DOCUMENT.read_text("utf-8"))


def state(answer: str) -> str:
    """Return in which column of the summary the answer counts."""
    if answer.startswith(NOT_MET):
        return "not met"
    return "not applicable" if answer.startswith(NOT_APPLICABLE) else "met"


def count(answers: Iterator[str]) -> tuple[str, ...]:
    counted = Counter(map(state, answers))
    return tuple(str(counted[each]) for each in ("met", "not met", "not applicable"))


@cache
def named_tests(file: str) -> frozenset[str]:
    """Return the tests in the file, those of a class as in a test's id; none without the file."""
    path = ROOT / file
    if not path.is_file():
        return frozenset()

    def names(body: list[ast.stmt], prefix: str = "") -> Iterator[str]:
        for node in body:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield f"{prefix}::{node.name}"
            elif isinstance(node, ast.ClassDef):
                yield from names(node.body, f"{prefix}::{node.name}")

    return frozenset(names(ast.parse(path.read_text("utf-8")).body))


def is_missing(span: str) -> bool:
    """Return whether a code span names a test file or a test in it that does not exist."""
    match = TEST.fullmatch(span)
    if match is None:
        return False
    tests = named_tests(match["file"])
    return match["names"] not in tests if match["names"] else not tests


@pytest.mark.parametrize(
    ("span", "missing"),
    [
        ("tests/docs/test_asvs.py", False),
        ("tests/docs/test_asvs.py::test_a_missing_test_would_be_found", False),
        ("tests/docs/test_asvs.py::test_nothing", True),
        ("tests/docs/test_nothing.py", True),
        ("tests/web/pages/test_first_screen.py::test_a_title_is_a_text_whatever_is_in_it", True),
        ("SameSite", False),
    ],
)
def test_a_missing_test_would_be_found(span: str, missing: bool) -> None:
    assert is_missing(span) is missing


def test_every_requirement_stands_once_with_its_level() -> None:
    levels = {**dict.fromkeys(LEVEL_1.split(), "1"), **dict.fromkeys(LEVEL_2.split(), "2")}
    expected = sorted((f"V{number}", level) for number, level in levels.items())
    assert sorted((number, level) for number, level, *_ in requirements()) == expected


def test_every_requirement_is_in_the_section_of_its_chapter() -> None:
    sections = re.split(r"^## V", DOCUMENT.read_text("utf-8"), flags=re.MULTILINE)[1:]
    assert [section.partition(" ")[0] for section in sections] == [str(n) for n in range(1, 18)]
    for section in sections:
        chapter = section.partition(" ")[0]
        ids = [number for number, *_ in REQUIREMENT.findall(section)]
        assert {number.partition(".")[0] for number in ids} == {f"V{chapter}"}


def test_no_cell_is_empty() -> None:
    assert [row for row in requirements() if not all(cell.strip() for cell in row)] == []


def test_what_is_met_names_a_test_a_file_or_a_document() -> None:
    answers = [
        (number, answer) for number, _, _, answer in requirements() if state(answer) == "met"
    ]
    assert [number for number, answer in answers if not re.search(r"`[\w.-]*/|\]\(", answer)] == []


def test_every_test_that_is_named_exists() -> None:
    assert [span for span in documents.code_spans(DOCUMENT) if is_missing(span)] == []


def test_the_summary_has_the_counts_of_the_tables() -> None:
    text = DOCUMENT.read_text("utf-8")
    rows = requirements()
    chapters = [
        (
            str(chapter),
            *count(answer for number, *_, answer in rows if number.startswith(f"V{chapter}.")),
        )
        for chapter in range(1, 18)
    ]
    assert COUNTS.findall(text) == chapters
    assert TOTALS.findall(text) == [count(answer for *_, answer in rows)]
