"""What tests share is support code: no test imports another test's module."""

import ast
from pathlib import Path

from cme_reflex.settings import ROOT

TESTS = ROOT / "tests"


def imported_modules(file: Path) -> set[str]:
    """The full names of the modules that a file imports, or imports from."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module, *(f"{node.module}.{alias.name}" for alias in node.names)}
        elif isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
    return names


def test_no_test_imports_another_tests_module() -> None:
    tests = {
        ".".join(file.relative_to(ROOT).with_suffix("").parts)
        for file in TESTS.rglob("*.py")
        if file.name.startswith("test_") or file.name == "conftest.py"
    }
    assert "tests.conftest" in tests
    importing = {
        str(file.relative_to(ROOT)): found
        for folder in (TESTS, ROOT / "benchmarks")
        for file in folder.rglob("*.py")
        if (found := imported_modules(file) & tests)
    }
    assert importing == {}
