"""The paths of the application, and the addresses built from them."""

from urllib.parse import urlencode

SIGN_IN_FORM = "/"
HOME = "/claim"
SESSIONS = "/sessions"
EVALUATION = "/evaluation"
SUBMIT = "/submit"
REPORTING = "/reporting"
RECEIPT = "/receipt"
PRIVACY = "/privacy"

SIGN_IN = "/sign-in"
SIGN_OUT = "/sign-out"
HEALTH = "/health"

PROTECTED = frozenset({HOME, SESSIONS, EVALUATION, SUBMIT, REPORTING, RECEIPT})
"""The pages that only a signed-in attendee is shown."""

OPEN = frozenset({SIGN_IN_FORM, PRIVACY})
"""The pages for everybody; each page is in one of the two."""


def evaluation(session_id: int) -> str:
    """The address of a session's evaluation."""
    return f"{EVALUATION}?{urlencode({'session': session_id})}"
