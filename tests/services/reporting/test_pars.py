"""Reporting to PARS: batches, their atomicity, and errors."""

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy import Engine
from sqlmodel import Session, col

from cme_reflex.domain.reporting.learner import ConsentChanged, FieldFault
from cme_reflex.domain.reporting.pars import ParsRecord, ParsRow, RecordAction
from cme_reflex.formats.reports.pars_rejections import RejectedRow, RejectionFile
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme.programme_cache import MeetingNotFound
from cme_reflex.services.reporting import opt_in, pars, pars_check, rejections
from cme_reflex.services.reporting.pars import Batch
from cme_reflex.services.reporting.pars_check import CheckResult, RejectedLearner
from cme_reflex.services.reporting.rejections import ImportResult, RowsNotFound
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.database import read
from cme_reflex.store.reporting.tables import OptInRow
from tests.support.attendees import (
    LEARNER_FORM,
    SignIn,
    complete_draft,
    opt_in_and_submit,
    submit_attested,
)
from tests.support.database.statements import record_statements
from tests.support.database.table_rows import execute
from tests.support.meetings import FOLDER, MEETING, attendee

CODE = MEETING.code
RECORD = ParsRecord(
    activity_id="202412345",
    completion_date="09/29/2024",
    first_name="Kim",
    last_name="O'Brien-Núñez",
    birthday="02/29",
    state="Texas",
    licence_or_npi="1234567893",
    credits="1.50",
)
ADDED = ParsRow(RecordAction.ADD, RECORD)
PEOPLE = (("101", "O'Brien-Núñez"), ("102", "Smith"), ("103", "Smith"))


async def export(
    now: datetime,
    write: Callable[[Batch], None] = lambda batch: None,
    *,
    with_rejected: bool = False,
) -> Batch:
    """Export a batch and mark it as delivered, as the command does."""
    number = await pars.next_batch_number(CODE)
    batch = await pars.create_batch(
        CODE, number, actor="staff", now=now, write=write, with_rejected=with_rejected
    )
    await pars.mark_delivered(CODE, number, now=now)
    return batch


def rejections_of(
    *rows: ParsRow, reason: str = "License not found", digest: str = "1"
) -> RejectionFile:
    """PARS's rejections of these rows."""
    numbered = (RejectedRow(number, row, reason) for number, row in enumerate(rows, start=3))
    return RejectionFile("answer.txt", digest, tuple(numbered))


async def test_what_is_new_is_one_batch_and_then_there_is_nothing(
    context: RequestContext, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    batch = await export(now)
    assert batch == Batch(meeting=CODE, number=1, at=now, actor="staff", rows=(ADDED,))
    assert await pars.load_batch(CODE, 1) == batch
    with pytest.raises(pars.NothingToReport) as nothing:
        await export(now)
    assert nothing.value.last == 1


async def test_without_consent_or_without_a_submitted_claim_nothing_is_reported(
    context: RequestContext, sign_in_as: SignIn, ids: dict[str, int], now: datetime
) -> None:
    await opt_in.save_opt_in(context, LEARNER_FORM, consented=True, version="1", now=now)
    other = await sign_in_as("102", "Smith")
    revision = await complete_draft(other, ids, now)
    await submit_attested(other, revision, now=now)
    with pytest.raises(pars.NothingToReport) as nothing:
        await export(now)
    assert nothing.value.last is None


async def test_what_cannot_be_written_was_never_reported(
    context: RequestContext, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    written: list[Batch] = []

    def write(batch: Batch) -> None:
        written.append(batch)
        raise OSError("No space left on device")

    with pytest.raises(OSError, match="No space left"):
        await export(now, write)
    assert await export(now) == written[0]


async def test_a_batch_whose_files_may_be_missing_comes_first_and_is_the_same_again(
    context: RequestContext, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    batch = await pars.create_batch(CODE, 1, actor="staff", now=now, write=lambda batch: None)
    await opt_in.withdraw_opt_in(context, now=now)
    for attempt in (pars.next_batch_number(CODE), export(now)):
        with pytest.raises(pars.BatchNotDelivered) as missing:
            await attempt
        assert missing.value.number == 1
    assert await pars.load_batch(CODE, 1) == batch
    await pars.mark_delivered(CODE, 1, now=now)
    assert (await export(now)).rows == (ParsRow(RecordAction.DELETE, RECORD),)


async def test_who_opts_in_while_the_files_are_written_is_in_the_next_batch(
    context: RequestContext, sign_in_as: SignIn, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    await opt_in_and_submit(context, now)
    other = await sign_in_as("102", "Smith")

    async def read_slowly(f: Callable[[Session], Any], **limit: float) -> Any:
        compared = await read(f, **limit)
        monkeypatch.undo()
        await opt_in_and_submit(other, now)
        return compared

    monkeypatch.setattr(pars.database, "read", read_slowly)
    first = await pars.create_batch(CODE, 1, actor="staff", now=now, write=lambda batch: None)
    await pars.mark_delivered(CODE, 1, now=now)
    batches = (first, await export(now))
    assert [[row.record.last_name for row in batch.rows] for batch in batches] == [
        ["O'Brien-Núñez"],
        ["Smith"],
    ]


async def test_two_who_report_at_once_make_one_batch(
    context: RequestContext, now: datetime
) -> None:
    await opt_in_and_submit(context, now)

    async def attempt(name: str) -> str:
        with suppress(pars.ConcurrentExport, pars.BatchNotDelivered):
            await pars.create_batch(CODE, 1, actor=name, now=now, write=lambda batch: None)
            return name
        return ""

    made = await asyncio.gather(*(attempt(name) for name in ("a", "b", "c")))
    assert [(await pars.load_batch(CODE, 1)).actor] == [name for name in made if name]
    await pars.mark_delivered(CODE, 1, now=now)
    assert await pars.next_batch_number(CODE) == 2


async def test_a_number_that_was_taken_meanwhile_is_told(
    context: RequestContext, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    await export(now)
    with pytest.raises(pars.ConcurrentExport):
        await pars.create_batch(CODE, 1, actor="staff", now=now, write=lambda batch: None)


async def test_what_pars_would_reject_is_left_out_and_listed(
    context: RequestContext, sign_in_as: SignIn, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    other = await sign_in_as("102", "Smith")
    await opt_in_and_submit(other, now)
    # Saved before the rule existed.
    fault = sa.update(OptInRow).where(col(OptInRow.attendee_id) == other.attendee.id)
    await execute(fault.values(npi="1234567890", last_name="=1+1"))
    assert await pars_check.check(CODE) == CheckResult(
        meeting=CODE,
        activity_id="202412345",
        report_by=datetime(2024, 10, 29, tzinfo=now.tzinfo).date(),
        year_closes=datetime(2025, 3, 31, tzinfo=now.tzinfo).date(),
        reportable=2,
        waiting=0,
        withdrawn=0,
        refused=(
            RejectedLearner(
                badge="102",
                name="Kim Smith",
                faults={"last_name": FieldFault.FORMULA, "npi": FieldFault.NOT_AN_NPI},
            ),
        ),
    )
    batch = await export(now)
    assert (batch.rows, batch.left_out) == ((ADDED,), 1)


async def test_without_an_activity_id_nothing_is_exported(
    loaded: Engine, context: RequestContext, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    terms = replace(MEETING.reporting, pars_activity_id="")
    await load_meeting(replace(FOLDER, meeting=replace(MEETING, reporting=terms)), now=now)
    with pytest.raises(pars.ActivityIdMissing):
        await export(now)
    found = await pars_check.check(CODE)
    assert (found.passes, found.refused) == (False, ())


async def test_a_rejected_row_never_existed_and_the_attendee_sees_why(
    context: RequestContext, sign_in_as: SignIn, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    await export(now)
    later = now + timedelta(hours=1)
    assert await rejections.import_rejections(
        CODE, rejections_of(ADDED), now=later
    ) == ImportResult(meeting=CODE, rejected=1)
    known = await opt_in.load_opt_in(context)
    assert known is not None
    assert known.rejection == "License not found"
    assert await opt_in.load_opt_in(await sign_in_as("102", "Smith")) is None
    (refused,) = (await pars_check.check(CODE)).refused
    assert (refused.badge, refused.rejection) == ("101", "License not found")
    corrected = LEARNER_FORM | {"last_name": "O'Brien-Núñez", "state": "Ohio"}
    saved = await opt_in.save_opt_in(
        context, corrected, consented=True, version="1", now=later + timedelta(hours=1)
    )
    assert (saved.rejection, await opt_in.load_opt_in(context)) == ("", saved)
    assert (await pars_check.check(CODE)).passes
    assert (await export(now)).rows == (ParsRow(RecordAction.ADD, replace(RECORD, state="Ohio")),)


async def export_and_reject(context: RequestContext, now: datetime) -> datetime:
    """PARS rejects the attendee's record. Returns when that was imported."""
    await opt_in_and_submit(context, now)
    await export(now)
    later = now + timedelta(hours=1)
    await rejections.import_rejections(CODE, rejections_of(ADDED), now=later)
    return later


async def test_a_rejected_row_goes_out_again_once_it_was_corrected_or_if_pars_was_wrong(
    context: RequestContext, now: datetime
) -> None:
    later = await export_and_reject(context, now)
    with pytest.raises(pars.NothingToReport) as nothing:
        await export(later)
    assert (nothing.value.last, nothing.value.left_out) == (1, 1)
    assert (await export(later, with_rejected=True)).rows == (ADDED,)
    # PARS has accepted it now, although the attendee has saved nothing.
    assert (await pars_check.check(CODE)).passes
    known = await opt_in.load_opt_in(context)
    assert known is not None
    assert known.rejection == ""
    saved = later + timedelta(hours=1)
    other = LEARNER_FORM | {"last_name": "O'Brien-Núñez", "state": "Ohio"}
    await opt_in.save_opt_in(context, other, consented=True, version="1", now=saved)
    assert [row.action for row in (await export(saved)).rows] == [
        RecordAction.DELETE,
        RecordAction.ADD,
    ]


async def test_who_withdraws_is_not_asked_to_correct(
    context: RequestContext, now: datetime
) -> None:
    later = await export_and_reject(context, now)
    withdrawn = await opt_in.withdraw_opt_in(context, now=later)
    assert await opt_in.load_opt_in(context) == withdrawn
    assert (await pars_check.check(CODE)).refused == ()


async def test_rejections_are_taken_in_once_and_all_or_none(
    context: RequestContext, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    await export(now)
    stranger = ParsRow(RecordAction.ADD, replace(RECORD, first_name="Pat"))
    with pytest.raises(RowsNotFound) as unknown:
        await rejections.import_rejections(CODE, rejections_of(ADDED, stranger), now=now)
    assert [row.number for row in unknown.value.rows] == [4]
    assert await rejections.import_rejections(CODE, rejections_of(ADDED), now=now) == ImportResult(
        meeting=CODE, rejected=1
    )
    again = await rejections.import_rejections(CODE, rejections_of(ADDED), now=now)
    assert again == ImportResult(meeting=CODE, known=1, before=True)


async def test_the_same_answer_to_a_later_batch_names_it(
    context: RequestContext, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    for number in (1, 2):
        assert (await export(now)).number == number
        taken = await rejections.import_rejections(
            CODE, rejections_of(ADDED), now=now, batch=number
        )
        assert taken == ImportResult(meeting=CODE, rejected=1)
    assert await rejections.import_rejections(
        CODE, rejections_of(ADDED), now=now, batch=1
    ) == ImportResult(meeting=CODE, known=1)
    with pytest.raises(pars.BatchNotFound) as unknown:
        await rejections.import_rejections(CODE, rejections_of(ADDED), now=now, batch=3)
    assert (unknown.value.number, unknown.value.last) == (3, 2)


async def test_an_answer_without_a_batch_is_about_the_newest_that_has_the_row(
    context: RequestContext, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    await export(now)
    await rejections.import_rejections(CODE, rejections_of(ADDED), now=now)
    await export(now)
    taken = await rejections.import_rejections(
        CODE, rejections_of(ADDED, reason="Again", digest="2"), now=now
    )
    assert taken == ImportResult(meeting=CODE, rejected=1)
    assert (await export(now)).rows == (ADDED,)


async def test_one_person_who_is_registered_twice_may_be_rejected_twice(
    context: RequestContext, sign_in_as: SignIn, now: datetime
) -> None:
    await opt_in_and_submit(context, now)
    await opt_in_and_submit(await sign_in_as("102", "Smith"), now, last_name="O'Brien-Núñez")
    assert (await export(now)).rows == (ADDED, ADDED)
    taken = await rejections.import_rejections(CODE, rejections_of(ADDED, ADDED), now=now)
    assert taken == ImportResult(meeting=CODE, rejected=2)


async def test_a_changed_consent_is_read_again(context: RequestContext, now: datetime) -> None:
    with pytest.raises(ConsentChanged):
        await opt_in.save_opt_in(context, LEARNER_FORM, consented=True, version="0", now=now)
    assert await opt_in.load_opt_in(context) is None


async def test_unknown_meetings_and_batches_are_told(loaded: Engine, now: datetime) -> None:
    for attempt in (pars_check.check("no"), pars.next_batch_number("no"), pars.load_batch("no", 1)):
        with pytest.raises(MeetingNotFound):
            await attempt
    with pytest.raises(pars.BatchNotFound) as unknown:
        await pars.load_batch(CODE, 1)
    assert (unknown.value.number, unknown.value.last) == (1, None)


@pytest.mark.parametrize("people", [1, 3])
async def test_the_number_of_queries_does_not_grow_with_the_attendees(
    loaded: Engine, sign_in_as: SignIn, now: datetime, people: int
) -> None:
    for badge, last_name in PEOPLE[:people]:
        await opt_in_and_submit(await sign_in_as(badge, last_name), now)

    async def asked(attempt: Awaitable[object]) -> int:
        with record_statements(loaded) as statements:
            await attempt
        return len(statements)

    assert await asked(pars_check.check(CODE)) == 3
    write = {"actor": "staff", "now": now, "write": lambda batch: None}
    assert await asked(pars.create_batch(CODE, 1, **write)) == 6  # type: ignore[arg-type]
    assert await asked(pars.load_batch(CODE, 1)) == 3
    assert await asked(rejections.import_rejections(CODE, rejections_of(ADDED), now=now)) == 3


# Every attendee named like Name1234 gets a copy of the first one's claim and opt-in.
COPIES = (
    """INSERT INTO claim (attendee_id, status, revision)
    SELECT id, 'submitted', 1 FROM attendee
    WHERE last_name LIKE 'Name%' AND last_name <> 'Name1000'""",
    """INSERT INTO receipt
    (claim_id, version, number, submitted_at, document, position)
    SELECT claim.id, 1, claim.id, submitted_at, document, 1000 + claim.id FROM claim, receipt
    WHERE claim.id <> receipt.claim_id""",
    """INSERT INTO receipt_credit (receipt_id, credit_type, position, amount, attended)
    SELECT id, 'category1', 1, 6, 6 FROM receipt WHERE position > 1000""",
    """INSERT INTO receipt_credit
    SELECT id, 'safety', 2, 2, 4, 'category1', 6 FROM receipt WHERE position > 1000""",
    """INSERT INTO opt_in
    SELECT attendee.id, opt_in.first_name, attendee.last_name, birth_month, birth_day, state,
    licence_id, npi, board, board_id, consent_version, consented_at, withdrawn_at
    FROM attendee, opt_in
    WHERE attendee.last_name LIKE 'Name%' AND attendee.last_name <> 'Name1000'""",
)


async def test_five_hundred_attendees_are_reported_in_their_order(
    loaded: Engine, sign_in_as: SignIn, now: datetime
) -> None:
    more = tuple(attendee(str(badge), f"Name{badge}") for badge in range(1000, 1500))
    await load_meeting(replace(FOLDER, attendees=FOLDER.attendees + more), now=now)
    await opt_in_and_submit(await sign_in_as("1000", "Name1000"), now)
    await execute(*map(sa.text, COPIES))
    batch = await export(now)
    names = [row.record.last_name for row in batch.rows]
    assert names == [f"Name{badge}" for badge in range(1000, 1500)]
