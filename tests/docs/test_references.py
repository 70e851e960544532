"""Paths, modules, settings and dependencies that documents name: each exists."""

import re
import tomllib
from functools import cache
from importlib.util import find_spec
from pathlib import Path

import pytest

from cme_reflex.settings import ROOT, Settings
from tests.support.checks import documents

PATH = re.compile(r"[\w.-]+(/[\w.-]+)+/?")
TEST_FILE = re.compile(r"test_\w+\.(py|js)")
NAME = re.compile(r"(?P<module>\w+(\.\w+)*)\.(?P<name>(?!(toml|csv|py|md)\b)\w+)(\(.*\))?")
SETTING = re.compile(r"\bCME_[A-Z_]+\b")
SUFFIXES = (".py", ".js", ".css", ".md", ".typ", ".html", ".txt")
# Folders that a build, a demo or an operator makes.
NOT_IN_THE_REPOSITORY = (".cme/", ".venv/", ".web/", "meetings/yours", "mutants/")
FROM = (ROOT, ROOT / "cme_reflex")


@cache
def sources() -> dict[str, list[str]]:
    """Return the text of the application's modules by the module's own name."""
    found: dict[str, list[str]] = {}
    for path in (ROOT / "cme_reflex").rglob("*.py"):
        name = path.parent.name if path.stem == "__init__" else path.stem
        found.setdefault(name, []).append(path.read_text("utf-8"))
    return found


def is_missing_path(span: str) -> bool:
    """Return whether a code span is a path in the repository that does not exist."""
    if TEST_FILE.fullmatch(span):
        return not any((ROOT / "tests").rglob(span))
    if not PATH.fullmatch(span) or span.startswith(NOT_IN_THE_REPOSITORY):
        return False
    known_folder = any((folder / span.split("/", maxsplit=1)[0]).is_dir() for folder in FROM)
    ends_as_a_path = span.endswith((*SUFFIXES, "/"))
    exists = any((folder / span).exists() for folder in FROM)
    return (known_folder or ends_as_a_path) and not exists


def is_missing_name(span: str) -> bool:
    """Return whether a code span such as `dates.deadline` names nothing in that module."""
    match = NAME.fullmatch(span)
    if match is None or (module := match["module"].split(".")[-1]) not in sources():
        return False
    if match["name"] in sources():  # a package and its module
        return False
    defined = re.compile(rf"\b{match['name']}\b")
    return not any(defined.search(text) for text in sources()[module])


@pytest.mark.parametrize(
    ("span", "missing"),
    [
        ("cme_reflex/text/", False),
        ("cme_reflex/words/", True),
        ("web/events/event_validation.py", False),
        ("web/doors.py", True),
        ("exchange/programmes/", True),
        ("tests/docs/test_links.py", False),
        ("test_links.py", False),
        ("test_no_such_thing.py", True),
        (".web/build/client", False),
        ("/verify/<number>", False),
    ],
)
def test_a_missing_path_would_be_found(span: str, missing: bool) -> None:
    assert is_missing_path(span) is missing


@pytest.mark.parametrize(
    ("span", "missing"),
    [
        ("store.database.write", False),
        ("store.database.change", True),
        ("text.sessions.ADD", False),
        ("text.sessions.TAKE", True),
        ("meeting.toml", False),
    ],
)
def test_a_missing_name_would_be_found(span: str, missing: bool) -> None:
    assert is_missing_name(span) is missing


@pytest.mark.parametrize("document", documents.DOCUMENTS, ids=documents.name)
def test_every_path_and_name_in_code_exists(document: Path) -> None:
    spans = documents.code_spans(document)
    assert [span for span in spans if is_missing_path(span) or is_missing_name(span)] == []


@pytest.mark.parametrize("document", documents.DOCUMENTS, ids=documents.name)
def test_every_python_module_that_is_run_exists(document: Path) -> None:
    modules = re.findall(r"python -m ([\w.]+)", document.read_text("utf-8"))
    assert [module for module in modules if find_spec(module) is None] == []


def test_deployment_lists_every_setting_and_no_other() -> None:
    fields = {f"CME_{name}".upper() for name in Settings.model_fields}
    table = "\n".join(
        line
        for line in (ROOT / "docs" / "deployment.md").read_text("utf-8").splitlines()
        if line.startswith("| `")
    )
    assert set(SETTING.findall(table)) == fields


def test_every_dependency_has_a_line_of_reason() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    declared = [*project["project"]["dependencies"]]
    for group in project["dependency-groups"].values():
        declared += [each for each in group if isinstance(each, str)]
    names = {re.split(r"[^\w.-]", each)[0] for each in declared}
    text = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    rows = re.findall(r"^\| ([\w, .-]+) \| (.+) \|$", text, re.MULTILINE)
    explained = {name for packages, _ in rows for name in packages.split(", ")}
    assert explained - {"package", "---"} == names
