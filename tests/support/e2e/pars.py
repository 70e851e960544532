"""The staff's export to ACCME's PARS, and a rejection by it."""

from pathlib import Path

from tests.support.e2e.cme_server import run_cme


def export(folder: Path, database_url: str) -> str:
    """Export new records into the folder; returns the command's output."""
    return run_cme("reporting", "export", "--out", str(folder), CME_DATABASE_URL=database_url)


def reject(folder: Path, database_url: str, reason: str) -> str:
    """Let PARS reject the only exported row, and return that row."""
    (sheet,) = folder.glob("*.txt")
    guidance, headings, row = sheet.read_text("utf-8").splitlines()
    answer = folder / "answer.tsv"
    answer.write_text(f"{guidance}\n{headings}\tError\n{row}\t{reason}\n", "utf-8")
    run_cme("reporting", "rejected", str(answer), CME_DATABASE_URL=database_url)
    return row
