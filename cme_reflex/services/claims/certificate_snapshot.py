"""Snapshot of a meeting's facts in each submitted version, so that certificates never change.

A submitted version is its receipt's document and the credit of its types. The functions here read
documents of every form.
"""

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from fractions import Fraction
from typing import Any

from cme_reflex.domain.claims.account import Credit
from cme_reflex.domain.credit.credit_type import (
    Amount,
    Amounts,
    CreditStatements,
    CreditType,
    Receiver,
)
from cme_reflex.domain.meetings.meeting import Meeting, Signature
from cme_reflex.services.claims import earlier_documents
from cme_reflex.store.claims.tables import ReceiptCreditRow, ReceiptRow

LANGUAGE = "en"  # of the certificate's fixed text

DOCUMENT_FORM = 3
"""Form of the documents written now; `earlier_documents` reads forms 1 and 2."""


def meeting_facts(meeting: Meeting) -> dict[str, Any]:
    """The certificate's facts about the meeting and its provider, as JSON values."""
    return {
        "provider": meeting.provider.name,
        "meeting": meeting.name,
        "format": meeting.format,
        "location": meeting.location,
        "starts_on": meeting.starts_on.isoformat(),
        "ends_on": meeting.ends_on.isoformat(),
        "time_zone": meeting.time_zone,
        "paper": str(meeting.paper),
        "accent": meeting.look.accent,
        "language": LANGUAGE,
        "signatures": [asdict(each) for each in meeting.signatures],
    }


def certificate_facts(document: Mapping[str, Any], meeting: Meeting) -> Mapping[str, Any]:
    """The facts as stored in a submitted version's document."""
    # Documents of form 1 were stored before there were certificates, without these facts.
    facts: Mapping[str, Any] | None = document.get("certificate")
    return meeting_facts(meeting) if facts is None else facts


def signatures(document: Mapping[str, Any], meeting: Meeting) -> tuple[Signature, ...]:
    """The signatures on a version's certificates; none if it was submitted before there were any.

    For documents of form 1 see `certificate_facts`.
    """
    stored = certificate_facts(document, meeting).get("signatures", ())
    return tuple(Signature(**each) for each in stored)


def credit_type_facts(credit_type: CreditType) -> dict[str, Any]:
    """What a certificate says of a credit type, as JSON values: names, measures and wording."""
    statements = credit_type.statements
    return {
        "code": credit_type.code,
        "label": credit_type.label,
        "name": {"one": credit_type.name_one, "many": credit_type.name_many},
        "accreditor": credit_type.accreditor,
        "minutes_per_unit": credit_type.minutes_per_unit,
        "increment": str(credit_type.increment),
        "display_divisor": credit_type.display_divisor,
        "part_of": credit_type.part_of,
        "awarded_to": sorted(credit_type.awarded_to),
        "participation_for": sorted(credit_type.participation_for),
        "provider_number": credit_type.provider_number,
        "identifier_label": credit_type.identifier_label,
        "reported_to": str(credit_type.reported_to),
        "statements": {
            "accreditation": statements.accreditation,
            "designation": statements.designation,
            "award": statements.award,
            "participation": statements.participation,
        },
    }


def _credit_type(facts: Mapping[str, Any]) -> CreditType:
    return CreditType(
        code=facts["code"],
        label=facts["label"],
        name_one=facts["name"]["one"],
        name_many=facts["name"]["many"],
        accreditor=facts["accreditor"],
        minutes_per_unit=facts["minutes_per_unit"],
        increment=Fraction(facts["increment"]),
        display_divisor=facts["display_divisor"],
        part_of=facts["part_of"],
        awarded_to=frozenset(facts["awarded_to"]),
        participation_for=frozenset(facts["participation_for"]),
        provider_number=facts["provider_number"],
        identifier_label=facts["identifier_label"],
        reported_to=Receiver(facts["reported_to"]),
        statements=CreditStatements(**facts["statements"]),
    )


def receipt_credit_rows(claimed: Sequence[Credit]) -> list[ReceiptCreditRow]:
    """Rows of the credit that a new version claims, each primary type before its subsets."""
    amounts = {each.type.code: each.claimed for each in claimed}
    return [
        ReceiptCreditRow(
            credit_type=each.type.code,
            position=position,
            amount=each.claimed,
            attended=each.attended,
            part_of=each.type.part_of,
            part_of_amount=None if each.type.part_of is None else amounts[each.type.part_of],
        )
        for position, each in enumerate(claimed, start=1)
    ]


def receipt_credits(row: ReceiptRow, meeting: Meeting | None = None) -> tuple[Credit, ...]:
    """The credit that a version claims, with the facts of each type as of its submission.

    `meeting` is the version's; it has the wording of documents of form 1, which have none.
    """
    types = credit_types(row.document, meeting)
    return tuple(
        Credit(types[each.credit_type], Amount(each.amount), Amount(each.attended))
        for each in row.credits
    )


def credit_types(
    document: Mapping[str, Any], meeting: Meeting | None = None
) -> dict[str, CreditType]:
    """The credit types of a version by code; see `receipt_credits`."""
    if _is_earlier(document):
        return earlier_documents.credit_types(document, meeting)
    return {facts["code"]: _credit_type(facts) for facts in document["credit_types"]}


def profession(document: Mapping[str, Any]) -> str:
    """The code of the profession that a version was submitted with."""
    if _is_earlier(document):
        return earlier_documents.profession(document)
    return str(document["profession"])


def line_credit(line: Mapping[str, Any]) -> Amounts:
    """The credit that a line of a version's document gives, by type."""
    if "credit" not in line:
        return earlier_documents.line_credit(line)
    return {code: Amount(amount) for code, amount in line["credit"].items() if amount}


def line_minutes(line: Mapping[str, Any]) -> int:
    """The minutes taken part of a line of a version's document."""
    return int(line["minutes"]) if "minutes" in line else earlier_documents.line_minutes(line)


def line_identifiers(line: Mapping[str, Any]) -> Mapping[str, str]:
    """The identifiers of the session of a line, by credit type."""
    return dict(line.get("identifiers", {}))


def _is_earlier(document: Mapping[str, Any]) -> bool:
    return "credit_types" not in document
