"""A meeting for several professions, with European and nursing credit, and two of its sessions."""

from dataclasses import replace
from datetime import UTC, datetime
from fractions import Fraction

from cme_reflex.domain.credit.claimable import OverlapPolicy
from cme_reflex.domain.credit.credit_type import Amount, CreditType, Need
from cme_reflex.domain.meetings.meeting import Profession
from tests.support.values.meeting_values import CATEGORY1, MEETING, SAFETY
from tests.support.values.programme_values import session

EUROPEAN = CreditType(
    code="european",
    label="European",
    name_one="ECMEC",
    name_many="ECMECs",
    increment=Fraction(1, 2),
    daily_maximum=Amount(3),
    awarded_to=frozenset({"physician"}),
)
NURSING = CreditType(
    code="nursing",
    label="Nursing",
    name_one="contact hour",
    name_many="contact hours",
    maximum=Amount(40),
    awarded_to=frozenset({"nurse"}),
    needs=Need.SESSION_EVALUATION,
    closes_at=datetime(2024, 12, 1, 18, tzinfo=UTC),
)
SPINE = replace(
    MEETING,
    credit_types=(CATEGORY1, SAFETY, EUROPEAN, NURSING),
    professions=(*MEETING.professions, Profession(code="nurse", label="Nurse")),
    overlap_policy=OverlapPolicy.CAP,
)
EIGHT = session(
    1,
    "8:00",
    "9:30",
    credit={"category1": 6, "safety": 2, "european": 3, "nursing": 6},
)
NINE = session(2, "9:00", "10:00", credit={"category1": 4, "european": 2, "nursing": 4})
