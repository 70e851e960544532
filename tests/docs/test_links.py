"""Links between documents: each file and each heading that a link names exists."""

import re
from pathlib import Path

import pytest

from cme_reflex.settings import ROOT
from tests.support.checks import documents

LINK = re.compile(r"\]\(([^):\s]*)\)")  # relative; an address on the web has a colon
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(document: Path) -> set[str]:
    """Return the anchors that GitHub gives to a document's headings."""
    headings = HEADING.findall(documents.prose(document))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def is_broken(link: str, document: Path) -> bool:
    path, _, anchor = link.partition("#")
    target = (document.parent / path).resolve() if path else document
    return not target.exists() or bool(anchor and anchor not in anchors(target))


@pytest.mark.parametrize("document", documents.DOCUMENTS, ids=documents.name)
def test_every_relative_link_and_anchor_resolves(document: Path) -> None:
    links = LINK.findall(document.read_text("utf-8"))
    assert [link for link in links if is_broken(link, document)] == []


def test_every_document_is_reached_from_the_readme() -> None:
    reached, waiting = set(), [ROOT / "README.md"]
    while waiting:
        document = waiting.pop()
        if document not in reached:
            reached.add(document)
            links = [link.partition("#")[0] for link in LINK.findall(document.read_text("utf-8"))]
            waiting += [(document.parent / link).resolve() for link in links if ".md" in link]
    assert set(documents.DOCUMENTS) <= reached
