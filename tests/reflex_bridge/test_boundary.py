"""Only the bridge reaches into Reflex; everybody else says `import reflex as rx`."""

import ast
from collections.abc import Iterator
from pathlib import Path

from cme_reflex.settings import ROOT
from tests.support.contracts import BRIDGE

INSIDES = {"reflex_base", "reflex_components_core", "socketio", "engineio"}
# Both are replaced with the page that the server fills.
EXCEPT = {"components/layout/filled.py", "state/first_screen.py"}


def imported(path: Path) -> Iterator[str]:
    """The modules that a file imports, as it names them."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_only_the_bridge_imports_the_insides_of_reflex() -> None:
    package = ROOT / "cme_reflex"
    found = [
        (path.relative_to(package).as_posix(), name)
        for path in [*package.rglob("*.py"), ROOT / "rxconfig.py"]
        if BRIDGE not in path.parents and path != ROOT / "rxconfig.py"
        for name in imported(path)
        if name.startswith("reflex.") or name.partition(".")[0] in INSIDES
    ]
    assert [each for each in found if each[0] not in EXCEPT] == []
    assert {path for path, _ in found} == EXCEPT
    assert set(imported(ROOT / "rxconfig.py")) & INSIDES == set()
