"""Events in a registration's audit log."""

from enum import StrEnum


class RegistrationEvent(StrEnum):
    """What happened to a registration."""

    REPORTING_DATA_CHANGED = "reporting data changed"
    SIGN_INS_ENDED = "sign-ins ended"
