"""`cme claims export` and `cme evaluations report`: all files are written, or none."""

import json
from pathlib import Path

import pytest

from cme_reflex.settings import settings
from tests.support.cli import cme_output, invoke_cme
from tests.support.meetings import MEETING

pytestmark = pytest.mark.usefixtures("chosen_database")

REMEDY = "Replace it with --force, or choose another --out."
UNKNOWN = "The meeting other is not loaded. See cme meeting list, or load it: cme meeting load DIR"
CSV = ["claims.csv", "lines.csv", "answers.csv"]
REPORT = [
    "evaluations-summary.csv",
    "evaluations-sessions.csv",
    "evaluations-questions.csv",
    "evaluations-comments.csv",
    "evaluations.xlsx",
    "evaluations.html",
]


@pytest.fixture(autouse=True)
def current_meeting(chosen_database: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CME_MEETING", MEETING.code)
    settings.cache_clear()


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """An empty folder."""
    (tmp_path / "out").mkdir()
    return tmp_path / "out"


@pytest.mark.parametrize(
    ("words", "names"),
    [
        (("claims", "export"), CSV),
        (("claims", "export", "--format", "xlsx"), ["claims.xlsx"]),
        (("claims", "export", "--format", "json"), ["claims.json"]),
        (("evaluations", "report"), REPORT),
    ],
)
def test_files_are_written_and_named(
    receipt: str, out: Path, words: tuple[str, ...], names: list[str]
) -> None:
    assert cme_output(*words, "--out", out) == (
        0,
        ["test24: 1 claim", *(f"  {out / name}" for name in names)],
        [],
    )
    assert sorted(path.name for path in out.iterdir()) == sorted(names)
    assert {path.stat().st_mode & 0o077 for path in out.iterdir()} == {0}


def test_the_export_holds_the_claim(receipt: str, out: Path) -> None:
    invoke_cme("claims", "export", "--format", "json", "--out", out)
    (claim,) = json.loads((out / "claims.json").read_text("utf-8"))
    claimed = {credit["credit_type"]: credit["claimed"] for credit in claim["credits"]}
    assert (claim["receipt"], claimed) == (receipt, {"category1": 1.5, "safety": 0.5})


def test_a_program_is_told_the_same(receipt: str, out: Path) -> None:
    code, lines, said = cme_output("claims", "export", "--out", out, "--json")
    assert (code, said) == (0, [])
    assert json.loads("\n".join(lines)) == {
        "meeting": "test24",
        "claims": 1,
        "files": [str(out / name) for name in CSV],
    }


def test_files_that_are_there_are_kept_unless_forced(receipt: str, out: Path) -> None:
    (out / "lines.csv").write_text("mine")
    assert cme_output("claims", "export", "--out", out) == (
        1,
        [],
        [f"{out / 'lines.csv'} already exists. {REMEDY}"],
    )
    assert [path.name for path in out.iterdir()] == ["lines.csv"]
    assert invoke_cme("claims", "export", "--out", out, "--force").exit_code == 0
    assert (out / "lines.csv").read_text("utf-8-sig").startswith("badge,session")


def test_a_fault_leaves_nothing_behind(
    receipt: str, out: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CME_MEETING", "other")
    settings.cache_clear()
    code, printed, said = cme_output("claims", "export", "--out", out)
    assert (code, printed) == (1, [])
    assert said == [UNKNOWN]
    assert list(out.iterdir()) == []


def test_a_file_in_place_of_the_folder_is_a_fault(receipt: str, out: Path) -> None:
    (out / "file").write_text("a file")
    code, _, said = cme_output("evaluations", "report", "--out", out / "file")
    assert (code, said) == (1, [f"{out / 'file'} cannot be written to: File exists."])


def test_an_unknown_format_is_wrong_usage(out: Path) -> None:
    assert invoke_cme("claims", "export", "--format", "pdf", "--out", out).exit_code == 2
