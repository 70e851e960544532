"""The hand-written modules of the browser stay few, small and on their own."""

import re

from cme_reflex.settings import ROOT

LINES = 200
REFLEX = {"react", "$/utils/context", "$/utils/context-registry"}

# What each may take in: those that a page loads by themselves nothing at all.
MODULES = {
    "around.js": REFLEX | {"$/public/filled.js", "$/public/outbox.js", "$/public/place.js"},
    "cme.js": set(),
    "filled.js": REFLEX,
    "link.js": set(),
    "outbox.js": set(),
    "place.js": set(),
}


def test_each_has_less_than_two_hundred_lines_and_takes_in_nothing_that_is_not_there() -> None:
    found = {file.name: file.read_text("utf-8") for file in (ROOT / "assets").glob("*.js")}
    assert set(found) == set(MODULES)
    for name, source in found.items():
        assert source.count("\n") < LINES, name
        assert set(re.findall(r"""(?:from|import\()\s*["']([^"']+)""", source)) <= MODULES[name]
