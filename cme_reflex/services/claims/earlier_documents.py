"""Documents of forms 1 and 2: versions submitted while there were two fixed credit types.

They name Category 1 and Patient Safety in fields of their own, in quarter hours. Form 1 had neither
"form" nor "certificate", the facts of its meeting.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from cme_reflex.domain.credit.credit_type import (
    Amount,
    Amounts,
    CreditStatements,
    CreditType,
    Receiver,
)
from cme_reflex.domain.credit.line import full_minutes
from cme_reflex.domain.meetings.meeting import Meeting

CATEGORY1, SAFETY = "category1", "safety"
PHYSICIAN, OTHER = "physician", "other"

_CATEGORY1 = CreditType(
    code=CATEGORY1,
    label="Category 1",
    name_one="AMA PRA Category 1 Credit™",
    name_many="AMA PRA Category 1 Credits™",
    awarded_to=frozenset({PHYSICIAN}),
    participation_for=frozenset({OTHER}),
    reported_to=Receiver.PARS,
)


def credit_types(document: Mapping[str, Any], meeting: Meeting | None) -> dict[str, CreditType]:
    """The two credit types. `meeting` has the wording for form 1, as it is today."""
    facts = document.get("certificate")
    if facts is not None:
        accreditation, designation = facts["statements"]
        statements = CreditStatements(accreditation=accreditation, designation=designation)
        label = facts["safety_label"]
    else:
        statements, label = _CATEGORY1.statements, None
        today = {} if meeting is None else {each.code: each for each in meeting.credit}
        if CATEGORY1 in today:
            statements = today[CATEGORY1].statements
        if SAFETY in today:
            label = today[SAFETY].label
    name = label or "Patient Safety"
    return {
        CATEGORY1: replace(_CATEGORY1, statements=statements),
        SAFETY: CreditType(
            code=SAFETY,
            label=name,
            name_one=name,
            name_many=name,
            part_of=CATEGORY1,
            reported_to=Receiver.PARS,
        ),
    }


def profession(document: Mapping[str, Any]) -> str:
    """The code of the profession."""
    return PHYSICIAN if document["is_physician"] else OTHER


def line_credit(line: Mapping[str, Any]) -> Amounts:
    """What a line gives of the two credit types."""
    amounts = {CATEGORY1: Amount(line["quarters"]), SAFETY: Amount(line["safety"])}
    return {code: amount for code, amount in amounts.items() if amount}


def line_minutes(line: Mapping[str, Any]) -> int:
    """The minutes of a line: its quarter hours, and at most its session's duration."""
    starts_at, ends_at = (datetime.fromisoformat(line[key]) for key in ("starts_at", "ends_at"))
    return min(15 * int(line["quarters"]), full_minutes(starts_at, ends_at))
