"""Only the bridge imports internals of Reflex; all other modules use `import reflex as rx`."""

import ast
from collections.abc import Iterator
from pathlib import Path

from cme_reflex.settings import ROOT
from tests.support.checks.contracts import BRIDGE

INTERNALS = {"reflex_base", "reflex_components_core", "socketio", "engineio"}


def imported(path: Path) -> Iterator[str]:
    """The names of the modules that a file imports."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_the_bridge_imports_the_internals_of_reflex() -> None:
    package = ROOT / "cme_reflex"
    imports = [
        (path.relative_to(package).as_posix(), name)
        for path in [*package.rglob("*.py"), ROOT / "rxconfig.py"]
        if BRIDGE not in path.parents and path != ROOT / "rxconfig.py"
        for name in imported(path)
        if name.startswith("reflex.") or name.partition(".")[0] in INTERNALS
    ]
    assert imports == []
    assert set(imported(ROOT / "rxconfig.py")) & INTERNALS == set()
