"""Captions of the pictures in docs/screens, in the order in which they are taken."""

CAPTIONS = {
    "sign-in": "Sign-in",
    "sign-in-help": "Sign-in: where to find the badge number",
    "sign-in-missing": "Sign-in: an empty field",
    "sign-in-not-recognised": "Sign-in: name and number not recognized",
    "sign-in-member-not-recognised": "Sign-in: username and password not recognized",
    "sign-in-signed-out": "Sign-in: signed out",
    "sign-in-expired": "Sign-in: session expired",
    "privacy": "Privacy notice",
    "not-found": "Page not found",
    "link-ask": "Sign-in link: request",
    "link-ask-sent": "Sign-in link: sent",
    "link-ask-address": "Sign-in link: invalid e-mail address",
    "link-ask-used": "Sign-in link: already used",
    "link-ask-expired": "Sign-in link: expired",
    "link-ask-password-link": "Sign-in link: the password link is no longer valid",
    "link": "Sign-in link: opened",
    "link-pasted": "Sign-in link: paste the link",
    "password": "Set a password",
    "password-too-short": "Set a password: too short",
    "password-guessable": "Set a password: easy to guess",
    "failed": "Server error",
    "server-away": "Server unavailable",
    "registrations": "Choose a registration",
    "claim-empty": "Claim: no sessions yet",
    "sessions": "Add Sessions",
    "sessions-none": "Add Sessions: no results",
    "sessions-found": "Add Sessions: search results",
    "sessions-long-title": "Add Sessions: a long title",
    "sessions-offline": "Add Sessions: offline",
    "sessions-saved": "Add Sessions: saved after reconnecting",
    "claim-conflict": "Claim: overlapping sessions",
    "evaluation": "Session evaluation",
    "evaluation-begun": "Session evaluation: partly answered",
    "claim-undo": "Claim: undo the removal of a session",
    "submit": "Submit",
    "submit-missing": "Submit: required answers missing",
    "submit-ready": "Submit: complete",
    "reporting": "Learner credit reporting",
    "reporting-faults": "Learner credit reporting: errors in the form",
    "reporting-opted-in": "Learner credit reporting: opted in",
    "claim-submitted": "Claim: submitted",
    "receipt": "Receipt",
    "verify": "Verify a certificate",
    "verify-valid": "Verify a certificate: valid",
    "reporting-rejected": "Learner credit reporting: record rejected by ACCME",
    "account-rejected": "Account: record rejected by ACCME",
    "reporting-withdrawn": "Learner credit reporting: consent withdrawn",
    "sessions-locked": "Add Sessions: claim submitted",
    "claim-reopened": "Claim: reopened",
    "account-reopened": "Account: a reopened claim",
    "receipt-replaced": "Receipt: with a replaced version",
    "verify-replaced": "Verify a certificate: replaced",
    "verify-unknown": "Verify a certificate: unknown number",
    "certificate-unknown": "Certificate not found",
    "account-empty": "Account: nothing submitted",
    "account-draft": "Account: a draft",
    "account-one": "Account: one claim",
    "account-years": "Account: several years",
    "account-replaced": "Account: replaced versions",
    "claim-many": "Claim: many sessions and a long name",
    "claim-waiting": "Claim: before the server has responded",
    "sessions-waiting": "Add Sessions: before the server has responded",
    "submit-waiting": "Submit: before the server has responded",
    "claim-not-open": "Claim: period not open yet",
    "claim-closed": "Claim: period closed",
    "submit-closed": "Submit: period closed",
    "sign-in-sso": "Sign-in with single sign-on",
    "sign-in-sso-only": "Sign-in with single sign-on: passwords not accepted",
    "sign-in-sso-cancelled": "Sign-in with single sign-on: canceled",
    "sign-in-sso-unavailable": "Sign-in with single sign-on: provider unavailable",
    "sign-in-member-not-registered": "Sign-in: member not registered for the meeting",
}


def index() -> str:
    """Return the Markdown page that shows all pictures with their captions."""
    pictures = "\n\n".join(
        f"## {caption}\n\n![{caption}]({name}.webp)" for name, caption in CAPTIONS.items()
    )
    introduction = (
        "# Screens\n\n"
        "Each picture shows a screen on a phone and on a desktop, in light and in dark, then at a\n"
        "width of 320 pixels and on a phone in landscape. `make screens` makes the pictures and\n"
        "this page."
    )
    return f"{introduction}\n\n{pictures}\n"
