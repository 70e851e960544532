"""Credit types and professions as an American surgical meeting has them, for tests of tables."""

from cme_reflex.domain.credit.credit_type import CreditType, CreditTypes
from cme_reflex.domain.meetings.meeting import Profession

TYPES = CreditTypes(
    (
        CreditType(
            code="category1",
            label="Category 1",
            name_one="AMA PRA Category 1 Credit™",
            name_many="AMA PRA Category 1 Credits™",
            awarded_to=frozenset({"physician"}),
        ),
        CreditType(
            code="safety",
            label="Patient Safety",
            name_one="Patient Safety",
            name_many="Patient Safety",
            part_of="category1",
        ),
    )
)

PROFESSIONS = (
    Profession(code="physician", label="Physician (MD or DO)", degrees=("MD", "DO")),
    Profession(code="other", label="Other profession"),
)
