"""The documents: what they point to is there."""

import re
from pathlib import Path

import pytest

from cme_reflex.settings import ROOT

DOCUMENTS = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").glob("*.md")])
LINK = re.compile(r"\]\(([^)#:\s]+)(?:#[^)]*)?\)")  # to a file beside it, no address
TEST = re.compile(r"`(tests/[\w/]+\.\w+)`")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda document: document.name)
def test_links_and_tests_that_a_document_names_are_there(document: Path) -> None:
    text = document.read_text("utf-8")
    named = [document.parent / link for link in LINK.findall(text)]
    named += [ROOT / test for test in TEST.findall(text)]
    assert [str(path) for path in named if not path.exists()] == []


def test_every_document_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document not in reached:
            reached.add(document)
            links = LINK.findall(document.read_text("utf-8"))
            waiting += [(document.parent / link).resolve() for link in links if ".md" in link]
    assert set(ROOT.joinpath("docs").glob("*.md")) <= reached
