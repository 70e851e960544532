"""The three journeys of docs/architecture.md enter the files that its tables name, and few of them.

A profile function records every frame that is entered or resumed in a file of the application, in
all threads.
"""

from cme_reflex.settings import ROOT

PACKAGE = ROOT / "cme_reflex"
DOCUMENT = (ROOT / "docs" / "architecture.md").read_text("utf-8")
# Files that a journey may enter, at most; docs/architecture.md says why there are no fewer.
ADD_LIMIT, LETTER_LIMIT, SUBMIT_LIMIT = 24, 14, 40
