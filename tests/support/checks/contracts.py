"""Contract tests of `cme_reflex.reflex_bridge`, which fail with the sentence of the module."""

import ast
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path

import pytest

from cme_reflex.reflex_bridge import relied_on
from cme_reflex.settings import ROOT

BRIDGE = ROOT / "cme_reflex" / "reflex_bridge"
JAVASCRIPT = ROOT / "assets" / "reflex_bridge.js"


def sentence(module: str) -> str:
    """The sentence of a module, read from its source, because importing it may fail."""
    if module == JAVASCRIPT.name:
        lines = JAVASCRIPT.read_text("utf-8").splitlines()
        return relied_on("\n".join(line.removeprefix("//") for line in lines if line[:2] == "//"))
    return relied_on(ast.get_docstring(ast.parse((BRIDGE / f"{module}.py").read_text("utf-8"))))


@contextmanager
def contract(module: str) -> Iterator[None]:
    """Fail with the module's sentence on any exception."""
    found = ""
    try:
        yield
    except Exception as error:
        found = f"{type(error).__name__}: {error}".splitlines()[0]
    if found:
        pytest.fail(f"{module} relies on: {sentence(module)} ({found})", pytrace=False)


def template(path: str) -> str:
    """The content of one of Reflex's frontend templates."""
    spec = find_spec("reflex_base")
    assert spec is not None
    assert spec.submodule_search_locations
    return (Path(spec.submodule_search_locations[0]) / ".templates" / "web" / path).read_text()
