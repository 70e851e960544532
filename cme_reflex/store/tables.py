"""All tables of the database; importing this module registers them with SQLModel."""

from cme_reflex.store.claims.tables import (
    ClaimAuditRow,
    ClaimRow,
    CommandRow,
    FeedRow,
    LineCreditRow,
    LineRow,
    ReceiptCreditRow,
    ReceiptRow,
    TotalRow,
)
from cme_reflex.store.evaluations.tables import AnswerRow
from cme_reflex.store.mail.tables import MailQueueRow
from cme_reflex.store.meetings.tables import MeetingImageRow, MeetingRow
from cme_reflex.store.operations.tables import ApiTokenRow, OperationRow
from cme_reflex.store.people.tables import (
    AttendeeRow,
    MemberRow,
    MemberSubjectRow,
    RegistrationAuditRow,
)
from cme_reflex.store.programme.tables import SessionCreditRow, SessionRow
from cme_reflex.store.reporting.tables import OptInRow, ReportingBatchRow, ReportingRow
from cme_reflex.store.sign_in.tables import (
    LinkRow,
    OidcLoginRow,
    RateLimitCounterRow,
    RegistrationChoiceRow,
    SignInRow,
)

__all__ = [
    "AnswerRow",
    "ApiTokenRow",
    "AttendeeRow",
    "ClaimAuditRow",
    "ClaimRow",
    "CommandRow",
    "FeedRow",
    "LineCreditRow",
    "LineRow",
    "LinkRow",
    "MailQueueRow",
    "MeetingImageRow",
    "MeetingRow",
    "MemberRow",
    "MemberSubjectRow",
    "OidcLoginRow",
    "OperationRow",
    "OptInRow",
    "RateLimitCounterRow",
    "ReceiptCreditRow",
    "ReceiptRow",
    "RegistrationAuditRow",
    "RegistrationChoiceRow",
    "ReportingBatchRow",
    "ReportingRow",
    "SessionCreditRow",
    "SessionRow",
    "SignInRow",
    "TotalRow",
]
