"""Fixtures of the tests of `cme meeting`: the small meeting, named as in its folder, and loaded."""

from pathlib import Path

import pytest

from tests.support.cli import invoke_cme
from tests.support.files.folder_files import FolderFiles


@pytest.fixture
def files(tmp_path: Path) -> FolderFiles:
    """The files of a small meeting, to change and write into the folder of its code."""
    return FolderFiles(tmp_path / "test24")


@pytest.fixture
def loaded(files: FolderFiles) -> Path:
    """The meeting's folder, which is loaded."""
    folder = files.write()
    assert invoke_cme("meeting", "load", folder).exit_code == 0
    return folder
