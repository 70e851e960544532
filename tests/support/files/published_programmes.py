"""Programmes that real conferences published; they lie beside the project, which has no copy."""

from pathlib import Path

import pytest

from cme_reflex.settings import ROOT

FOLDER = ROOT.parent / "shared" / "data" / "programmes"


def published_programme(name: str) -> Path:
    """The file with this name; without it, the test that asks is skipped and says so."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"{path} is not there")
    return path
