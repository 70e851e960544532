"""The built frontend contains no personal data."""

import csv
import re
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from cme_reflex.cli.operations.frontend import BUILT
from cme_reflex.settings import ROOT
from tests.support.e2e.cme_server import CmeServer
from tests.support.e2e.devices import DEMO

PERSONAL = {
    "attendees.csv": ("badge", "confirmation", "email", "member"),
    "members.csv": ("username", "email", "password_hash"),
}


def test_no_page_and_no_script_names_a_meeting_or_anybody_of_it(built: None) -> None:
    texts = {file: file.read_bytes() for file in _files(ROOT / BUILT)}
    everything = b"\n".join(texts.values())
    assert "⟦ meeting.name ⟧".encode() in everything
    for meeting in (b"Plastic Surgery The Meeting", b"pstm24", b"PSTM24", b"plasticsurgery.org"):
        assert meeting not in everything
    assert [value for value in _personal() if _names(value.encode(), everything)] == []


def _names(value: bytes, text: bytes) -> bool:
    """Whether the value is in the text, but not as a part of a hash or a decimal number."""
    pattern = rb"(?<![\w.])" + re.escape(value) + rb"(?!\w)"
    return value in text and re.search(pattern, text) is not None


@pytest.mark.parametrize(
    ("text", "named"), [(b'"247591"', True), (b"chunk-a247591b.js", False), (b"0.247591", False)]
)
def test_a_badge_is_found_and_a_hash_is_not(text: bytes, named: bool) -> None:
    assert _names(b"247591", text) is named


@pytest.mark.parametrize("folder", ["/assets", "/assets/", "/page_hooks/"])
def test_no_folder_is_listed(server: CmeServer, folder: str) -> None:
    assert (ROOT / BUILT / folder.strip("/")).is_dir()
    response = httpx.get(server.url + folder, follow_redirects=True)
    assert response.status_code == 404
    assert not any(file.name in response.text for file in (ROOT / BUILT / "assets").iterdir())


def _files(folder: Path) -> Iterator[Path]:
    """The content of all served files; the compressed variants have the same content."""
    return (file for file in folder.rglob("*") if file.is_file() and file.suffix != ".gz")


def _personal() -> set[str]:
    found: set[str] = set()
    for name, columns in PERSONAL.items():
        with (DEMO / name).open(encoding="utf-8", newline="") as table:
            for row in csv.DictReader(table):
                found |= {row[column] for column in columns}
    assert len(found) > 1_500
    return found - {""}
