"""Texts of evaluation forms, and their progress."""

from typing import Final

TITLE: Final = "Evaluation"
LOADING: Final = "…"
AT_ONCE: Final = "Each answer is saved right away."
BACK: Final = "Done"

REQUIRED: Final = " required"
YES: Final = "Yes"
NO: Final = "No"

COMPLETE: Final = "Done"
ANSWERED: Final = "{answered} of {questions} answered"
NOT_STARTED: Final = "Not started"
