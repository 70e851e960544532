"""Migration to credit by type: lines, totals, receipts and meetings of two fixed credit types."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlmodel import col, select

from cme_reflex.formats.meeting_folder.document import meeting_from_document
from cme_reflex.services.claims.certificate_snapshot import line_credit, profession, receipt_credits
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.store import migrate, tables
from cme_reflex.store.claims import claims
from cme_reflex.store.database import read
from cme_reflex.store.engines import close_database, open_database
from tests.support.attendees import submit_complete_claim
from tests.support.database.databases import run_on
from tests.support.database.table_rows import fetch, reflected_rows
from tests.support.meetings import FOLDER
from tests.support.values.meeting_values import MEETING

BEFORE = "0012"

FORMER_MEETING: dict[str, Any] = {
    "code": "test24",
    "name": "The Test Meeting 2024",
    "short_name": "TEST24",
    "starts_on": "2024-09-26",
    "ends_on": "2024-09-29",
    "time_zone": "America/Los_Angeles",
    "location": "San Diego, California",
    "format": "Live activity",
    "overlap_policy": "resolve",
    "provider": {
        "name": "Society of Tests",
        "short_name": "SOT",
        "account_name": "society.example",
        "help_contact": "Member Services",
        "help_email": "help@example.org",
        "accreditation_statement": "Accredited.",
        "designation_statement": "Designated.",
    },
    "look": {"accent": "#0b5563", "accent_dark": "#7fd3dd"},
    "claim": {
        "opens_at": "2024-09-26T15:00:00Z",
        "closes_at": "2030-12-31T23:00:00Z",
        "note": "Credits claimed are the maximum number of credits allowed.",
        "attestation": "I attest.",
        "session_evaluations_required": False,
        "attendee_may_reopen": False,
        "on_demand_from": None,
    },
    "category1": {"label": "Category 1", "name": "AMA PRA Category 1 Credit™", "maximum": 40},
    "safety": {"label": "Patient Safety", "name": "Patient Safety", "maximum": 8},
    "registration_types": [
        {"code": "full", "label": "Full", "maximum": None},
        {"code": "day", "label": "One day", "maximum": 6},
    ],
    "session_form": {"questions": []},
    "overall_form": {"questions": []},
    "reporting": {
        "name": "Learner Credit Reporting",
        "consent_version": "1",
        "text": "We can report.",
        "consent": "I consent.",
        "boards": ["ABS"],
        "pars_activity_id": "202412345",
    },
    "privacy": "Kept six years.",
    "paper": "letter",
    "single_sign_on": None,
    "sign_in": {"badge_alone": True},
}

# Minutes, Category 1 and Patient Safety in quarter hours.
SESSIONS = {1: (90, 6, 4), 2: (50, 3, 0), 3: (10, 2, 0), 4: (25, 2, 2), 5: (60, 0, 0)}

# By claim and session: quarters and safety before; minutes and lower amounts after.
LINES: dict[tuple[int, int], tuple[int, int, int, dict[str, int]]] = {
    (1, 1): (6, 4, 90, {}),
    (2, 1): (4, 4, 60, {}),
    (3, 1): (6, 1, 90, {"safety": 1}),
    (4, 1): (2, 1, 30, {"safety": 1}),
    (1, 2): (3, 0, 50, {}),
    (2, 2): (2, 0, 30, {}),
    (1, 3): (2, 0, 10, {}),
    (2, 3): (1, 0, 10, {"category1": 1}),
    (1, 4): (2, 2, 25, {}),
    (2, 4): (1, 1, 15, {}),
    (3, 4): (1, 0, 15, {"safety": 0}),
    (1, 5): (4, 0, 60, {}),  # claimed before the session lost its credit
}
TOTALS = {1: (8, 2), 2: (None, 3), 3: (None, None), 4: (4, None)}
TOTALS_BY_TYPE = {
    1: {"category1": 8, "safety": 2},
    2: {"safety": 3},
    3: {},
    4: {"category1": 4},
}

LINE = {
    "code": "A",
    "title": "Session A",
    "starts_at": "2024-09-26T15:00:00+00:00",
    "ends_at": "2024-09-26T16:30:00+00:00",
    "quarters": 6,
    "safety": 4,
    "on_demand": False,
    "answers": {"objectives": 5},
}
FORM_1 = {
    "revision": 3,
    "meeting": "test24",
    "programme_version": 1,
    "name_on_certificate": "Kim Núñez",
    "is_physician": False,
    "registration_type": "full",
    "lines": [LINE],
    "overall_answers": {},
}
FACTS = {
    "provider": "Society of Then",
    "meeting": "The Test Meeting 2024",
    "format": "Live activity",
    "location": "San Diego, California",
    "starts_on": "2024-09-26",
    "ends_on": "2024-09-29",
    "time_zone": "America/Los_Angeles",
    "statements": ["Accredited then.", "Designated then."],
    "safety_label": "Patient Safety then",
    "paper": "letter",
    "accent": "#0b5563",
    "language": "en",
}
FORM_2 = {**FORM_1, "form": 2, "certificate": FACTS, "is_physician": True}
WITHOUT_SAFETY = {**FORM_2, "certificate": {**FACTS, "safety_label": None}}
RECEIPTS = {1: (FORM_1, 6, 0), 2: (FORM_2, 4, 2), 3: (WITHOUT_SAFETY, 5, 0)}
"""Documents of all forms there were, with the figures of their receipts; all of claim 4."""


def insert_former_rows(now: datetime) -> Any:
    def insert(connection: sa.Connection) -> None:
        metadata = sa.MetaData()
        metadata.reflect(connection)

        def add(table: str, **values: Any) -> None:
            connection.execute(sa.insert(metadata.tables[table]).values(**values))

        add("meeting", id=1, code="test24", version=1, document=FORMER_MEETING, loaded_at=now)
        for key, (minutes, quarters, safety) in SESSIONS.items():
            add(
                "session",
                **dict.fromkeys(("title", "kind", "track", "room"), ""),
                speakers=[],
                faculty_badges=[],
                id=key,
                meeting_id=1,
                code=str(key),
                starts_at=now,
                ends_at=now + timedelta(minutes=minutes),
                delivery="live",
                quarters=quarters,
                safety=safety,
                eligible=quarters > 0,
                withdrawn=False,
            )
        for key, (category1, safety) in TOTALS.items():
            add(
                "attendee",
                **dict.fromkeys(("last_name", "first_name", "suffix", "name_key", "email"), "x"),
                id=key,
                meeting_id=1,
                badge=str(key),
                confirmation=str(key),
                profession="other" if key == 1 else "physician",
                corrected_profession="physician" if key == 1 else None,
                registration_type="full",
                former_email="",
            )
            add(
                "claim",
                id=key,
                attendee_id=key,
                status="submitted" if key == 4 else "draft",
                revision=3,
                category1=category1,
                safety=safety,
            )
        for (claim, session), (quarters, safety, *_) in LINES.items():
            add(
                "claim_line",
                claim_id=claim,
                session_id=session,
                quarters=quarters,
                safety=safety,
                on_demand=False,
                removed=session == 2,
                lowered=session == 4,
            )
        for number, (document, category1, safety) in RECEIPTS.items():
            add(
                "receipt",
                id=number,
                claim_id=4,
                version=number,
                number=f"TEST24-{number}",
                submitted_at=now,
                category1=category1,
                safety=safety,
                document=document,
                position=number,
            )

    return insert


@pytest.fixture
async def former(unmigrated_url: str, now: datetime) -> dict[str, list[Mapping[str, Any]]]:
    """The rows of a database with two fixed credit types, which was then migrated."""
    await migrate.upgrade(unmigrated_url, BEFORE)
    await run_on(unmigrated_url, insert_former_rows(now))
    rows = await run_on(unmigrated_url, reflected_rows)
    await migrate.upgrade(unmigrated_url)
    programme_cache.clear()
    return rows


async def test_every_line_gives_what_it_gave(former: object, unmigrated_url: str) -> None:
    open_database(unmigrated_url)
    contents = await read(lambda db: claims.contents(db, [*TOTALS]))
    programme = await read(lambda db: programme_cache.get_in(db, 1, 1))
    await close_database()
    lines = {
        (claim, line.session_id): (line.minutes, content.lower_amounts[line.session_id])
        for claim, content in contents.items()
        for line in content.lines
    }
    assert lines == {key: (minutes, lower) for key, (_, _, minutes, lower) in LINES.items()}
    given = {
        key: programme.sessions[key[1]].line(programme.meeting.credit, *of_line)
        for key, of_line in lines.items()
    }
    assert {
        key: (line.amount("category1"), line.amount("safety")) for key, line in given.items()
    } == {
        key: (quarters, safety) if SESSIONS[key[1]][1] else (0, 0)
        for key, (quarters, safety, *_) in LINES.items()
    }


async def test_totals_keep_their_figures(former: object, unmigrated_url: str) -> None:
    open_database(unmigrated_url)
    contents = await read(lambda db: claims.contents(db, [*TOTALS]))
    await close_database()
    assert {claim: contents[claim].totals for claim in TOTALS} == TOTALS_BY_TYPE


async def test_receipts_of_every_form_are_untouched_and_readable(
    former: object, unmigrated_url: str
) -> None:
    open_database(unmigrated_url)
    rows = await fetch(select(tables.ReceiptRow).order_by(col(tables.ReceiptRow.id)))
    document = (await fetch(select(tables.MeetingRow.document)))[0]
    await close_database()
    assert [row.document for row in rows] == [document for document, *_ in RECEIPTS.values()]
    credits_ = [receipt_credits(row, meeting_from_document(document)) for row in rows]
    assert [[(c.type.code, c.claimed, c.attended) for c in of_row] for of_row in credits_] == [
        [("category1", 6, 6), ("safety", 0, 4)],
        [("category1", 4, 6), ("safety", 2, 4)],
        [("category1", 5, 6)],
    ]
    assert [c.type.label for c in credits_[1]] == ["Category 1", "Patient Safety then"]
    assert credits_[1][0].type.name_many == "AMA PRA Category 1 Credits™"
    assert [of_row[0].type.statements.accreditation for of_row in credits_] == [
        "Accredited.",
        "Accredited then.",
        "Accredited then.",
    ]
    assert [profession(row.document) for row in rows] == ["other", "physician", "physician"]
    assert line_credit(rows[0].document["lines"][0]) == {"category1": 6, "safety": 4}


async def test_a_meetings_document_names_its_credit_types(
    former: object, unmigrated_url: str
) -> None:
    open_database(unmigrated_url)
    (document,) = await fetch(select(tables.MeetingRow.document))
    await close_database()
    meeting = meeting_from_document(document)
    expected = [
        (each.code, each.maximum, each.registration_maxima, each.part_of, each.reported_to)
        for each in MEETING.credit_types
    ]
    assert [
        (each.code, each.maximum, each.registration_maxima, each.part_of, each.reported_to)
        for each in meeting.credit_types
    ] == expected
    category1 = meeting.credit["category1"]
    assert (category1.name_one, category1.name_many) == (
        "AMA PRA Category 1 Credit™",
        "AMA PRA Category 1 Credits™",
    )
    assert category1.statements == MEETING.credit_types[0].statements
    assert [each.code for each in meeting.professions] == ["physician", "other"]
    assert [each.code for each in meeting.credit.offered_to("other")] == ["category1", "safety"]


async def test_a_downgrade_restores_every_row_and_another_upgrade_as_well(
    former: dict[str, list[Mapping[str, Any]]], unmigrated_url: str
) -> None:
    upgraded = await run_on(unmigrated_url, reflected_rows)
    await migrate.downgrade(unmigrated_url, BEFORE)
    assert await run_on(unmigrated_url, reflected_rows) == former
    await migrate.upgrade(unmigrated_url)
    assert await run_on(unmigrated_url, reflected_rows) == upgraded


async def test_a_version_submitted_since_can_be_read_after_a_downgrade_and_is_the_same_again(
    unmigrated_url: str, now: datetime
) -> None:
    await migrate.upgrade(unmigrated_url)
    open_database(unmigrated_url)
    programme_cache.clear()
    await load_meeting(FOLDER, now=now)
    token = await credentials.sign_in_with_badge(MEETING.code, "Smith", "102", now=now)
    context = await authentication.authenticate(MEETING.code, token, now=now)
    await submit_complete_claim(context, now)
    await close_database()
    submitted = await run_on(unmigrated_url, reflected_rows)
    await migrate.downgrade(unmigrated_url, BEFORE)
    (receipt,) = (await run_on(unmigrated_url, reflected_rows))["receipt"]
    document = receipt["document"]
    assert (receipt["category1"], receipt["safety"], document["is_physician"]) == (6, 2, True)
    assert [(line["quarters"], line["safety"]) for line in document["lines"]] == [(6, 4)]
    assert document["certificate"]["statements"] == ["Accredited.", "Designated."]
    assert document["certificate"]["safety_label"] == "Patient Safety"
    await migrate.upgrade(unmigrated_url)
    again = await run_on(unmigrated_url, reflected_rows)
    assert again["receipt"] == submitted["receipt"]
    assert again["receipt_credit"] == submitted["receipt_credit"]
    assert again["claim_line"] == submitted["claim_line"]


async def test_a_downgrade_refuses_other_credit_types(former: object, unmigrated_url: str) -> None:
    def rename(connection: sa.Connection) -> None:
        meeting = sa.table("meeting", sa.column("document", sa.JSON))
        document = connection.execute(sa.select(meeting)).scalar_one()
        document["credit_types"][1] |= {"code": "ethics"}
        connection.execute(sa.update(meeting).values(document=document))

    await run_on(unmigrated_url, rename)
    newest = await migrate.current(unmigrated_url)
    with pytest.raises(RuntimeError, match=r"test24 has credit types .* category1, ethics"):
        await migrate.downgrade(unmigrated_url, BEFORE)
    assert await migrate.current(unmigrated_url) == newest
