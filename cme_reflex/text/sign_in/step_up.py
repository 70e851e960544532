"""Texts of the notice that asks for a stronger sign-in."""

from typing import Final

LINK: Final = "E-mail me a link"
ACCOUNT: Final = "Sign in with {account}"

REPORTING_TITLE: Final = "Your stored information is hidden"
REPORTING: Final = (
    "A badge can be read by others, so it shows only the last characters. To see or change your "
    "information, sign in by e-mail or with your account. You then return to this page."
)
ACCOUNT_TITLE: Final = "Other meetings are hidden"
OTHER_MEETINGS: Final = (
    "You signed in with your badge or confirmation number, so you see this meeting only. To see "
    "all of your meetings, sign in by e-mail or with your account."
)
REASON_HIDDEN: Final = "You see the reason after signing in by e-mail or with your account."
