"""How long the links of messages are valid."""

from datetime import timedelta

SIGN_IN_LINK_LIFETIME = timedelta(minutes=15)
INVITATION_LIFETIME = timedelta(days=7)
