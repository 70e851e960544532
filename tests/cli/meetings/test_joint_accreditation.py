"""Joint Accreditation: the documented IPCE credit, and the statements and UANs of spine30."""

import csv
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from cme_reflex.services.programme import programme_cache
from cme_reflex.settings import ROOT, settings
from tests.support.checks import documents
from tests.support.cli import invoke_cme
from tests.support.files.folder_files import FolderFiles
from tests.support.files.pdfs import page_texts

pytestmark = pytest.mark.usefixtures("migrated_database")

FOLDER_REFERENCE = ROOT / "docs" / "meeting-folder.md"
SPINE30 = ROOT / "meetings" / "spine30"
JOINT_ACCREDITATION = (
    "is jointly accredited by the Accreditation Council for Continuing Medical Education (ACCME), "
    "the Accreditation Council for Pharmacy Education (ACPE), and the American Nurses "
    "Credentialing Center (ANCC), to provide continuing education for the healthcare team."
)


def faces(folder: Path, *options: str) -> dict[str, str]:
    """The words of the first page of each specimen, by file name."""
    result = invoke_cme("certificates", "preview", "--out", folder, *options)
    assert result.exit_code == 0, result.stderr
    return {
        pdf.stem: " ".join(page_texts(pdf.read_bytes())[0].split())
        for pdf in sorted(folder.glob("*.pdf"))
    }


@pytest.fixture
def choose_meeting(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    def choose(code: str) -> None:
        monkeypatch.setenv("CME_MEETING", code)
        settings.cache_clear()
        programme_cache.clear()  # of another test's database

    return choose


def test_the_documented_ipce_credit_has_a_certificate_for_everybody(
    tmp_path: Path, choose_meeting: Callable[[str], None]
) -> None:
    choose_meeting("test24")
    files = FolderFiles(tmp_path / "test24")
    (example,) = [
        block for block in documents.code_blocks(FOLDER_REFERENCE) if 'code = "ipce"' in block
    ]
    files.texts["meeting.toml"] += f"\n{example}"
    invoke_cme("meeting", "load", files.write())
    ipce = tomllib.loads(example)["credit"][0]
    found = faces(tmp_path / "specimens", "--type", "ipce")
    assert list(found) == ["certificate-other-ipce", "certificate-physician-ipce"]
    assert JOINT_ACCREDITATION in ipce["accreditation_statement"]
    for face in found.values():
        assert "Certificate of Credit" in face
        assert ipce["name"]["many"] in face
        assert ipce["accreditation_statement"] in face
        assert ipce["designation_statement"] in face


def test_every_american_certificate_of_spine30_has_the_statement(
    tmp_path: Path, choose_meeting: Callable[[str], None]
) -> None:
    choose_meeting("spine30")
    invoke_cme("meeting", "load", SPINE30)
    found = faces(tmp_path)
    with_statement = {name for name, face in found.items() if JOINT_ACCREDITATION in face}
    assert found.keys() - with_statement == {"certificate-physician-eaccme"}
    assert len(with_statement) == 6


def test_live_credit_of_spine30s_pharmacists_is_for_live_sessions_alone() -> None:
    rows = csv.DictReader((SPINE30 / "sessions.csv").read_text("utf-8").splitlines())
    delivery = {row["delivery"] for row in rows if "-L" in row["identifier:acpe"]}
    assert delivery == {"live"}
