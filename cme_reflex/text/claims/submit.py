"""Texts of the submit page: overall evaluation, totals and Submit."""

from typing import Final

from cme_reflex.text.plural import Plural

TITLE: Final = "Overall Eval / Submit CME"
SUBMIT: Final = "Submit"
BACK: Final = "Save & Go Back"
BEFORE: Final = "Before you can submit"
MISSING: Final = Plural(
    one="{count} thing is still missing", other="{count} things are still missing"
)

OVERALL: Final = "Overall evaluation"

TOTALS: Final = "CME Credit Claim"
CATEGORY1: Final = "Claimed Category 1 Hours"
CATEGORY1_HINT: Final = "Required. Your sessions support {hours}."
CHOOSE: Final = "Choose…"
SAFETY: Final = "Claimed Patient Safety Hours"
SAFETY_HINT: Final = "Optional, part of Category 1. Your sessions support {hours}."
NONE_CHOSEN: Final = "None chosen"
CLAIM_ALL: Final = "Claim all that my sessions support: {hours}"

REPORTING_TITLE: Final = "Opt-In to {programme}"
REPORTING: Final = "Opt-In to Learner Credit Reporting"
NEW_WINDOW: Final = " (opens in a new window)"

CHECK: Final = "Check your answers"
NAME: Final = "Name on certificate"
NAME_HINT: Final = "As it will be printed."
PROFESSION: Final = "Profession"
PHYSICIAN: Final = "Physician (MD or DO)"
OTHER: Final = "Other"
PROFESSION_HINT: Final = (
    "Physicians are awarded credit; all others get a participation certificate."
)
SESSIONS: Final = "Sessions"
CATEGORY1_CHOSEN: Final = "Category 1"
NOT_CHOSEN: Final = "Not chosen"
SAFETY_CHOSEN: Final = "Of which Patient Safety"
FINAL: Final = (
    "Submitting completes your {meeting} CME claim. After that you cannot add or change anything."
)
