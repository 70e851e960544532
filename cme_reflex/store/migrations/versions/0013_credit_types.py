"""hold credit by type.

Revision 0013, after 0012. Until then there were two credit types, Category 1 and Patient Safety,
and two professions; the document of a meeting names them as data now. A line holds minutes: a full
line stays full, a lower one has as many minutes as its quarter hours and, where these give more,
keeps its amounts. Receipts keep their documents and figures. A downgrade refuses meetings with
other credit types, because there was no place for them.
"""
# ruff: noqa: S608 - statements consist of constants of this file

import re
from collections.abc import Iterator
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

CATEGORY1, SAFETY = "category1", "safety"
PHYSICIAN, OTHER = "physician", "other"
NOT_CHOSEN = 2**31 - 1  # the amount of a total that is not chosen while that of its subset is
NO_MAXIMUM = 4 * 9_999  # quarter hours: the most that a meeting could have
BATCH = 200  # receipts in memory at a time

# The singular and the plural of a name, such as Credit™ and Credits™.
_UNIT = re.compile(r"\b(Credit|Hour|Point|Unit)s?\b(?!.*\b\1s?\b)")

_meeting = sa.table("meeting", sa.column("id"), sa.column("document", sa.JSON))
_claim = sa.table("claim", sa.column("id"), sa.column("attendee_id"))
_attendee = sa.table(
    "attendee",
    sa.column("id"),
    sa.column("meeting_id"),
    sa.column("profession"),
    sa.column("corrected_profession"),
)
_receipt = sa.table(
    "receipt",
    sa.column("id"),
    sa.column("claim_id"),
    sa.column("document", sa.JSON),
    sa.column("category1"),
    sa.column("safety"),
)


def upgrade() -> None:
    _create_tables()
    _upgrade_sessions()
    _upgrade_claims()
    _upgrade_lines()
    _upgrade_receipts()  # they need the former documents of their meetings
    _upgrade_meetings()


def downgrade() -> None:
    _refuse_other_credit_types()
    _downgrade_professions()
    _downgrade_meetings()
    _downgrade_receipts()
    _downgrade_lines()
    _downgrade_claims()
    _downgrade_sessions()
    for table in ("receipt_credit", "claim_line_credit", "claim_total", "session_credit"):
        op.drop_table(table)


def _create_tables() -> None:
    op.create_table(
        "session_credit",
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("credit_type", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("identifier", sa.String(), nullable=False),
        *_subset_columns("session_credit", "session_id"),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("fk_session_credit_session_id")
        ),
    )
    op.create_table(
        "claim_total",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("credit_type", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        *_subset_columns("claim_total", "claim_id"),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_total_claim_id")),
        sa.CheckConstraint(
            "amount > 0 OR part_of IS NOT NULL", name=op.f("ck_claim_total_primary_is_positive")
        ),
    )
    op.create_table(
        "claim_line_credit",
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("session_id", sa.Integer(), nullable=False),
        sa.Column("credit_type", sa.String(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.CheckConstraint("amount >= 0", name=op.f("ck_claim_line_credit_amount")),
        sa.ForeignKeyConstraint(
            ["claim_id", "session_id"],
            ["claim_line.claim_id", "claim_line.session_id"],
            name=op.f("fk_claim_line_credit_claim_id_session_id"),
        ),
        sa.PrimaryKeyConstraint(
            "claim_id", "session_id", "credit_type", name=op.f("pk_claim_line_credit")
        ),
    )
    op.create_table(
        "receipt_credit",
        sa.Column("receipt_id", sa.Integer(), nullable=False),
        sa.Column("credit_type", sa.String(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("amount", sa.Integer(), nullable=False),
        sa.Column("attended", sa.Integer(), nullable=False),
        *_subset_columns("receipt_credit", "receipt_id"),
        sa.ForeignKeyConstraint(
            ["receipt_id"], ["receipt.id"], name=op.f("fk_receipt_credit_receipt_id")
        ),
        sa.UniqueConstraint(
            "receipt_id", "position", name=op.f("uq_receipt_credit_receipt_id_position")
        ),
        sa.CheckConstraint(
            "amount > 0 OR part_of IS NOT NULL", name=op.f("ck_receipt_credit_primary_is_positive")
        ),
        sa.CheckConstraint("attended >= 0", name=op.f("ck_receipt_credit_attended")),
        sa.CheckConstraint("position > 0", name=op.f("ck_receipt_credit_position")),
    )


def _subset_columns(table: str, owner: str) -> tuple[sa.schema.SchemaItem, ...]:
    return (
        sa.Column("part_of", sa.String(), nullable=True),
        sa.Column("part_of_amount", sa.Integer(), nullable=True),
        sa.PrimaryKeyConstraint(owner, "credit_type", name=op.f(f"pk_{table}")),
        sa.UniqueConstraint(
            owner, "credit_type", "amount", name=op.f(f"uq_{table}_{owner}_credit_type_amount")
        ),
        sa.ForeignKeyConstraint(
            [owner, "part_of", "part_of_amount"],
            [f"{table}.{owner}", f"{table}.credit_type", f"{table}.amount"],
            name=op.f(f"fk_{table}_{owner}_part_of_part_of_amount"),
        ),
        sa.CheckConstraint("amount >= 0", name=op.f(f"ck_{table}_amount")),
        sa.CheckConstraint("amount <= part_of_amount", name=op.f(f"ck_{table}_subset")),
        sa.CheckConstraint(
            "(part_of IS NULL) = (part_of_amount IS NULL) AND part_of <> credit_type",
            name=op.f(f"ck_{table}_part_of"),
        ),
    )


# Sessions.


def _upgrade_sessions() -> None:
    op.execute(
        "INSERT INTO session_credit (session_id, credit_type, amount, identifier)"
        f" SELECT id, '{CATEGORY1}', quarters, '' FROM session WHERE quarters > 0"
    )
    op.execute(
        "INSERT INTO session_credit"
        " (session_id, credit_type, amount, identifier, part_of, part_of_amount)"
        f" SELECT id, '{SAFETY}', safety, '', '{CATEGORY1}', quarters FROM session WHERE safety > 0"
    )
    # The columns of sessions are dropped with those of lines, which are computed from them.


def _downgrade_sessions() -> None:
    with op.batch_alter_table("session") as session:
        session.alter_column("quarters", nullable=False)
        session.alter_column("safety", nullable=False)
        session.create_check_constraint(op.f("ck_session_quarters"), "quarters >= 0")
        session.create_check_constraint(op.f("ck_session_safety"), "safety BETWEEN 0 AND quarters")
        session.create_check_constraint(
            op.f("ck_session_eligible_has_credit"), "NOT eligible OR quarters > 0"
        )


# Claims: the totals chosen.


def _upgrade_claims() -> None:
    op.execute(
        "INSERT INTO claim_total (claim_id, credit_type, amount)"
        f" SELECT id, '{CATEGORY1}', coalesce(category1, {NOT_CHOSEN}) FROM claim"
        " WHERE category1 IS NOT NULL OR safety IS NOT NULL"
    )
    op.execute(
        "INSERT INTO claim_total (claim_id, credit_type, amount, part_of, part_of_amount)"
        f" SELECT id, '{SAFETY}', safety, '{CATEGORY1}', coalesce(category1, {NOT_CHOSEN})"
        " FROM claim WHERE safety IS NOT NULL"
    )
    with op.batch_alter_table("claim") as claim:
        for name in ("category1", "safety", "safety_is_subset", "submitted_has_credit"):
            claim.drop_constraint(op.f(f"ck_claim_{name}"), type_="check")
        claim.drop_column("category1")
        claim.drop_column("safety")


def _downgrade_claims() -> None:
    with op.batch_alter_table("claim") as claim:
        claim.add_column(sa.Column("category1", sa.Integer(), nullable=True))
        claim.add_column(sa.Column("safety", sa.Integer(), nullable=True))
    for code in (CATEGORY1, SAFETY):
        op.execute(
            f"UPDATE claim SET {code} = (SELECT amount FROM claim_total WHERE claim_id = claim.id"
            f" AND credit_type = '{code}' AND amount < {NOT_CHOSEN})"
        )
    with op.batch_alter_table("claim") as claim:
        claim.create_check_constraint(op.f("ck_claim_category1"), "category1 > 0")
        claim.create_check_constraint(op.f("ck_claim_safety"), "safety >= 0")
        claim.create_check_constraint(
            op.f("ck_claim_safety_is_subset"),
            "category1 IS NULL OR safety IS NULL OR safety <= category1",
        )
        claim.create_check_constraint(
            op.f("ck_claim_submitted_has_credit"), "status <> 'submitted' OR category1 IS NOT NULL"
        )


# Lines: minutes, and amounts that are lower than the minutes give.


def _upgrade_lines() -> None:
    with op.batch_alter_table("claim_line") as line:
        line.add_column(sa.Column("minutes", sa.Integer(), nullable=True))
    op.execute(
        "UPDATE claim_line SET minutes = (SELECT CASE"
        " WHEN claim_line.quarters >= session.quarters"
        f" OR 15 * claim_line.quarters >= {_duration()}"
        f" THEN {_duration()} ELSE 15 * claim_line.quarters END"
        " FROM session WHERE session.id = claim_line.session_id)"
    )
    op.execute(
        f"INSERT INTO claim_line_credit (claim_id, session_id, credit_type, amount)"
        f" SELECT claim_id, session_id, '{CATEGORY1}', quarters FROM ({_given()}) AS line"
        " WHERE quarters < given"
    )
    op.execute(
        f"INSERT INTO claim_line_credit (claim_id, session_id, credit_type, amount)"
        f" SELECT claim_id, session_id, '{SAFETY}', safety FROM ({_given()}) AS line"
        " WHERE safety < quarters AND safety < given AND safety < session_safety"
    )
    with op.batch_alter_table("claim_line") as line:
        for name in ("quarters", "safety"):
            line.drop_constraint(op.f(f"ck_claim_line_{name}"), type_="check")
        line.drop_column("quarters")
        line.drop_column("safety")
        line.alter_column("minutes", nullable=False)
        line.create_check_constraint(op.f("ck_claim_line_minutes"), "minutes >= 0")
    with op.batch_alter_table("session") as session:
        for name in ("quarters", "safety", "eligible_has_credit"):
            session.drop_constraint(op.f(f"ck_session_{name}"), type_="check")
        session.drop_column("quarters")
        session.drop_column("safety")


def _given() -> str:
    """The lines with what their minutes give of Category 1."""
    return (
        "SELECT claim_line.*, session.safety AS session_safety, CASE"
        f" WHEN minutes >= {_duration()} OR minutes / 15 >= session.quarters THEN session.quarters"
        " ELSE minutes / 15 END AS given"
        " FROM claim_line JOIN session ON session.id = claim_line.session_id"
    )


def _downgrade_lines() -> None:
    """Restore the quarter hours, which are at least one.

    A line that gives no credit of a session that does was not possible, and becomes a removed one.
    """
    with op.batch_alter_table("session") as session:
        session.add_column(sa.Column("quarters", sa.Integer(), nullable=True))
        session.add_column(sa.Column("safety", sa.Integer(), nullable=True))
    for column, code in (("quarters", CATEGORY1), ("safety", SAFETY)):
        op.execute(
            f"UPDATE session SET {column} = coalesce((SELECT amount FROM session_credit"
            f" WHERE session_id = session.id AND credit_type = '{code}'), 0)"
        )
    with op.batch_alter_table("claim_line") as line:
        line.add_column(sa.Column("quarters", sa.Integer(), nullable=True))
        line.add_column(sa.Column("safety", sa.Integer(), nullable=True))
    of_line = "line.claim_id = claim_line.claim_id AND line.session_id = claim_line.session_id"
    op.execute(
        f"UPDATE claim_line SET quarters = (SELECT {_least('given', _lower(CATEGORY1, 'given'))}"
        f" FROM ({_given()}) AS line WHERE {of_line})"
    )
    safety = _least(_least("session_safety", "line.quarters"), _lower(SAFETY, "session_safety"))
    op.execute(
        f"UPDATE claim_line SET safety = (SELECT {safety} FROM ({_given()}) AS line"
        f" WHERE {of_line})"
    )
    op.execute(
        "UPDATE claim_line SET removed = TRUE WHERE quarters = 0 AND session_id IN"
        " (SELECT id FROM session WHERE quarters > 0)"
    )
    op.execute(
        "UPDATE claim_line SET quarters = CASE WHEN minutes >= 30 THEN minutes / 15 ELSE 1 END"
        " WHERE quarters = 0"
    )
    with op.batch_alter_table("claim_line") as line:
        line.drop_constraint(op.f("ck_claim_line_minutes"), type_="check")
        line.drop_column("minutes")
        line.alter_column("quarters", nullable=False)
        line.alter_column("safety", nullable=False)
        line.create_check_constraint(op.f("ck_claim_line_quarters"), "quarters > 0")
        line.create_check_constraint(op.f("ck_claim_line_safety"), "safety BETWEEN 0 AND quarters")


def _lower(code: str, otherwise: str) -> str:
    return (
        f"coalesce((SELECT amount FROM claim_line_credit AS lower WHERE credit_type = '{code}'"
        " AND lower.claim_id = line.claim_id AND lower.session_id = line.session_id),"
        f" {otherwise})"
    )


def _least(first: str, second: str) -> str:
    return f"CASE WHEN {first} < {second} THEN {first} ELSE {second} END"


def _duration() -> str:
    """A session's duration in whole minutes; seconds are dropped."""
    if op.get_bind().dialect.name == "sqlite":
        minute = "CAST(strftime('%s', session.{}) AS INTEGER) / 60"
    else:
        minute = "CAST(floor(extract(epoch FROM session.{}) / 60) AS INTEGER)"
    return f"({minute.format('ends_at')} - {minute.format('starts_at')})"


# Receipts: the credit of each type.


def _upgrade_receipts() -> None:
    credit = sa.table(
        "receipt_credit",
        *map(
            sa.column,
            ("receipt_id", "credit_type", "position", "amount", "attended"),
        ),
        sa.column("part_of"),
        sa.column("part_of_amount"),
    )
    offers_safety = _meetings_with_safety()
    for receipt in _receipts():
        if "credit_types" in receipt.document:
            _save_document(receipt.id, _without_former_keys(receipt.document))
        lines = receipt.document.get("lines", ())
        rows = [
            {
                "receipt_id": receipt.id,
                "credit_type": CATEGORY1,
                "position": 1,
                "amount": receipt.category1,
                "attended": sum(line["quarters"] for line in lines),
                "part_of": None,
                "part_of_amount": None,
            }
        ]
        facts = receipt.document.get("certificate")
        if facts is None:
            named = receipt.meeting_id in offers_safety
        else:
            named = facts["safety_label"] is not None
        if named or receipt.safety:
            rows.append(
                {
                    "receipt_id": receipt.id,
                    "credit_type": SAFETY,
                    "position": 2,
                    "amount": receipt.safety,
                    "attended": sum(line["safety"] for line in lines),
                    "part_of": CATEGORY1,
                    "part_of_amount": receipt.category1,
                }
            )
        op.get_bind().execute(sa.insert(credit), rows)
    with op.batch_alter_table("receipt") as table:
        for name in ("category1", "safety"):
            table.drop_constraint(op.f(f"ck_receipt_{name}"), type_="check")
        table.drop_column("category1")
        table.drop_column("safety")


def _receipts() -> Iterator[Any]:
    """All receipts with the ids of their meetings, some at a time."""
    last = 0
    present = {each["name"] for each in sa.inspect(op.get_bind()).get_columns("receipt")}
    columns = [column for column in _receipt.c if column.name in present]
    query = (
        sa.select(*columns, _attendee.c.meeting_id)
        .join(_claim, _claim.c.id == _receipt.c.claim_id)
        .join(_attendee, _attendee.c.id == _claim.c.attendee_id)
        .order_by(_receipt.c.id)
        .limit(BATCH)
    )
    while page := op.get_bind().execute(query.where(_receipt.c.id > last)).all():
        yield from page
        last = page[-1].id


def _meetings_with_safety() -> set[int]:
    meetings = op.get_bind().execute(sa.select(_meeting)).all()
    return {row.id for row in meetings if row.document.get(SAFETY, {}).get("maximum")}


def _downgrade_receipts() -> None:
    """Restore the figures, and add to new documents what was read of them formerly."""
    for receipt in _receipts():
        if "credit_types" in receipt.document:
            _save_document(receipt.id, _with_former_keys(receipt.document))
    with op.batch_alter_table("receipt") as receipt:
        receipt.add_column(sa.Column("category1", sa.Integer(), nullable=True))
        receipt.add_column(sa.Column("safety", sa.Integer(), nullable=True))
    for code in (CATEGORY1, SAFETY):
        op.execute(
            f"UPDATE receipt SET {code} = coalesce((SELECT amount FROM receipt_credit"
            f" WHERE receipt_id = receipt.id AND credit_type = '{code}'), 0)"
        )
    with op.batch_alter_table("receipt") as receipt:
        receipt.alter_column("category1", nullable=False)
        receipt.alter_column("safety", nullable=False)
        receipt.create_check_constraint(op.f("ck_receipt_category1"), "category1 > 0")
        receipt.create_check_constraint(op.f("ck_receipt_safety"), "safety BETWEEN 0 AND category1")


def _save_document(receipt_id: int, document: dict[str, Any]) -> None:
    changed = sa.update(_receipt).where(_receipt.c.id == receipt_id).values(document=document)
    op.get_bind().execute(changed)


def _with_former_keys(document: dict[str, Any]) -> dict[str, Any]:
    """A document of form 3 with the keys that form 2 had for the same facts."""
    types = {each["code"]: each for each in document["credit_types"]}
    statements = types[CATEGORY1]["statements"]
    facts = document["certificate"] | {
        "statements": [statements["accreditation"], statements["designation"]],
        "safety_label": types[SAFETY]["label"] if SAFETY in types else None,
    }
    lines = [
        line
        | {
            "quarters": line["credit"].get(CATEGORY1, 0),
            "safety": line["credit"].get(SAFETY, 0),
        }
        for line in document["lines"]
    ]
    awarded = document["profession"] in types[CATEGORY1]["awarded_to"]
    return document | {"certificate": facts, "lines": lines, "is_physician": awarded}


def _without_former_keys(document: dict[str, Any]) -> dict[str, Any]:
    """A document of form 3 as it was before a downgrade."""
    return _without(document, "is_physician") | {
        "certificate": _without(document["certificate"], "statements", "safety_label"),
        "lines": [_without(line, "quarters", "safety") for line in document["lines"]],
    }


def _without(values: dict[str, Any], *keys: str) -> dict[str, Any]:
    return {key: value for key, value in values.items() if key not in keys}


# Meetings: the document that describes them, and the professions of their attendees.


def _upgrade_meetings() -> None:
    # A profession is one of the meeting's list.
    with op.batch_alter_table("attendee") as attendee:
        for name in ("profession", "corrected_profession"):
            attendee.drop_constraint(op.f(f"ck_attendee_{name}"), type_="check")
    for row in op.get_bind().execute(sa.select(_meeting)).all():
        if CATEGORY1 in row.document:  # it is empty in tests of other revisions
            _save_meeting(row.id, _with_credit_types(row.document))


def _save_meeting(meeting_id: int, document: dict[str, Any]) -> None:
    changed = sa.update(_meeting).where(_meeting.c.id == meeting_id).values(document=document)
    op.get_bind().execute(changed)


def _with_credit_types(document: dict[str, Any]) -> dict[str, Any]:
    provider, registrations = document["provider"], document["registration_types"]
    category1 = _credit_type(CATEGORY1, document[CATEGORY1]) | {
        "registration_maxima": {
            each["code"]: each["maximum"] for each in registrations if each["maximum"] is not None
        },
        "awarded_to": [PHYSICIAN],
        "participation_for": [OTHER],
        "statements": {
            "accreditation": provider["accreditation_statement"],
            "designation": provider["designation_statement"],
            "award": "",
            "participation": "",
        },
    }
    safety = _credit_type(SAFETY, document[SAFETY]) | {"part_of": CATEGORY1}
    return _without(document, CATEGORY1, SAFETY) | {
        "provider": _without(provider, "accreditation_statement", "designation_statement"),
        "registration_types": [_without(each, "maximum") for each in registrations],
        # A maximum of zero meant that the meeting had no Patient Safety credit.
        "credit_types": [category1, safety] if safety["maximum"] else [category1],
        "professions": [
            {"code": PHYSICIAN, "label": "Physician (MD or DO)", "degrees": ["MD", "DO"]},
            {"code": OTHER, "label": "Other profession", "degrees": []},
        ],
        "profession_by": "attendee",
        "additional_days": [],
    }


def _credit_type(code: str, former: dict[str, Any]) -> dict[str, Any]:
    return {
        "code": code,
        "label": former["label"],
        "name_one": _UNIT.sub(r"\1", former["name"]),
        "name_many": _UNIT.sub(r"\1s", former["name"]),
        "accreditor": "",
        "minutes_per_unit": 60,
        "increment": "1/4",
        "rounding": "nearest",
        "minimum": 0,
        "partial": "yes",
        "display_divisor": 1,
        "from_duration": None,
        "maximum": former["maximum"],
        "daily_maximum": None,
        "registration_maxima": {},
        "part_of": None,
        "awarded_to": [],
        "participation_for": [],
        "needs": "none",
        "opens_at": None,
        "closes_at": None,
        "statements": {"accreditation": "", "designation": "", "award": "", "participation": ""},
        "provider_number": "",
        "identifier_label": "",
        "identifier_pattern": "",
        "reported_to": "pars",
    }


def _refuse_other_credit_types() -> None:
    for row in op.get_bind().execute(sa.select(_meeting)).all():
        types = {each["code"]: each for each in row.document.get("credit_types", ())}
        fixed = [CATEGORY1, SAFETY]
        if types and list(types) not in (fixed, fixed[:1]):
            raise RuntimeError(
                f"Meeting {row.document['code']} has credit types that revision 0012 cannot hold:"
                f" {', '.join(types)}. Restore a backup of that revision instead."
            )


def _downgrade_professions() -> None:
    """Make every profession to which Category 1 is awarded a physician, and others other."""
    connection = op.get_bind()
    for row in connection.execute(sa.select(_meeting)).all():
        for category1 in row.document.get("credit_types", ())[:1]:
            awarded = [*category1["awarded_to"], PHYSICIAN]
            for column in (_attendee.c.profession, _attendee.c.corrected_profession):
                former = sa.case((column.in_(awarded), PHYSICIAN), else_=OTHER)
                changed = sa.update(_attendee).where(
                    _attendee.c.meeting_id == row.id, column.is_not(None)
                )
                connection.execute(changed.values({column: former}))
    professions = f"IN ('{PHYSICIAN}', '{OTHER}')"
    with op.batch_alter_table("attendee") as attendee:
        for name in ("profession", "corrected_profession"):
            attendee.create_check_constraint(op.f(f"ck_attendee_{name}"), f"{name} {professions}")


def _downgrade_meetings() -> None:
    for row in op.get_bind().execute(sa.select(_meeting)).all():
        if "credit_types" in row.document:
            _save_meeting(row.id, _without_credit_types(row.document))


def _without_credit_types(document: dict[str, Any]) -> dict[str, Any]:
    types = {each["code"]: each for each in document["credit_types"]}
    category1 = types[CATEGORY1]
    maxima = category1["registration_maxima"]
    none = {"label": "Patient Safety", "name_one": "Patient Safety", "maximum": 0}
    rest = _without(document, "credit_types", "professions", "profession_by", "additional_days")
    return rest | {
        CATEGORY1: _former_type(category1),
        SAFETY: _former_type(types.get(SAFETY, none)),
        "provider": document["provider"]
        | {
            "accreditation_statement": category1["statements"]["accreditation"],
            "designation_statement": category1["statements"]["designation"],
        },
        "registration_types": [
            each | {"maximum": maxima.get(each["code"])} for each in document["registration_types"]
        ],
    }


def _former_type(credit_type: dict[str, Any]) -> dict[str, Any]:
    return {
        "label": credit_type["label"],
        "name": credit_type["name_one"],
        "maximum": NO_MAXIMUM if credit_type["maximum"] is None else credit_type["maximum"],
    }
