"""Questions, and how far their answers are."""

from typing import Final

TITLE: Final = "Evaluation"
LOADING: Final = "…"
AT_ONCE: Final = "Each answer is saved at once."
BACK: Final = "Done"

REQUIRED: Final = " required"
YES: Final = "Yes"
NO: Final = "No"

COMPLETE: Final = "Done"
ANSWERED: Final = "{answered} of {questions} answered"
NOT_STARTED: Final = "Not started"
