"""Category 1 and Patient Safety are types of a meeting: only code for old data names them."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from cme_reflex.settings import ROOT

NAMED = re.compile(r"category_?1|safety", re.IGNORECASE)
OLD_DATA = {
    "formats/meeting_folder/credit/old_folders.py",  # meeting folders before [[credit]]
    "formats/meeting_folder/credit/upgrade.py",
    "services/claims/earlier_documents.py",  # receipts before there were credit types
    "formats/reports/claims_feed.py",  # fields of API v1
    "services/claims/claims_feed.py",
}
MIGRATIONS = "store/migrations/versions/"


def names_of(source: str) -> Iterator[str]:
    """The identifiers and strings of a module without its docstrings, and so without comments."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant):
            node.value.value = None  # a docstring
        for value in vars(node).values():
            yield from (each for each in _listed(value) if isinstance(each, str))


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]


def naming_modules(package: Path) -> set[str]:
    """The modules that name one of the two types in code, relative to the package."""
    return {
        module.relative_to(package).as_posix()
        for module in package.rglob("*.py")
        if any(NAMED.search(each) for each in names_of(module.read_text(encoding="utf-8")))
    }


def test_only_readers_of_old_data_and_api_v1_name_a_credit_type() -> None:
    naming = naming_modules(ROOT / "cme_reflex")
    assert {each for each in naming if not each.startswith(MIGRATIONS)} == OLD_DATA


def test_a_name_would_be_found(tmp_path: Path) -> None:
    naming = {
        "name.py": "safety_hours = 1",
        "argument.py": "def f(category1: int) -> None: ...",
        "text.py": 'LABEL = f"{0} Patient Safety"',
        "imported.py": "from a import category_1 as b",
        "keyword.py": "f(safety=1)",
    }
    others = {"docstring.py": '"""Patient Safety."""\nx = 1  # safety', "other.py": "x = 'ethics'"}
    for name, source in (naming | others).items():
        (tmp_path / name).write_text(source)
    assert naming_modules(tmp_path) == set(naming)
