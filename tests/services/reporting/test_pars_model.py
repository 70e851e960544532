"""Model-based test of reporting: after any sequence of events PARS has the correct records."""

import asyncio
import tempfile
from collections.abc import Coroutine
from dataclasses import astuple, dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.reporting.pars import current_records
from cme_reflex.domain.sign_in.strength import SignInMethod
from cme_reflex.formats.reports.pars import COLUMNS, file_names, write_files
from cme_reflex.formats.reports.pars_rejections import read_rejections
from cme_reflex.services.claims import claim_lines, reopening, submission
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.reporting import opt_in, pars, rejections
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.database import read
from cme_reflex.store.engines import close_database, open_database
from cme_reflex.store.reporting import reporting as store
from cme_reflex.store.reporting.reporting import pars_row
from tests.support.attendees import submit_attested
from tests.support.meetings import FOLDER, MEETING
from tests.support.models.state_machine import CLAIMS, delete_rows, run_machine

BEGIN = datetime(2024, 11, 1, 12, tzinfo=UTC)
DEADLINE = datetime(2029, 1, 1, tzinfo=UTC)
WHO = st.sampled_from(["101", "102"])
PEOPLE = {"101": "O'Brien-Núñez", "102": "Smith"}
Answered = TypeVar("Answered")

# Opt-in data and the resulting cells: state, licence or NPI, board and its ID.
GIVEN: tuple[tuple[dict[str, str], tuple[str, ...]], ...] = (
    ({"state": "Texas", "npi": "1234567893"}, ("Texas", "1234567893", "", "")),
    ({"state": "Ohio", "licence_id": "007"}, ("Ohio", "007", "", "")),
    (
        {"state": "Ohio", "npi": "1245319599", "board": "ABS", "board_id": "98"},
        ("Ohio", "1245319599", "ABS", "98"),
    ),
)


@dataclass
class Learner:
    """The model of an attendee."""

    name: str
    given: tuple[str, ...] | None = None
    active: bool = False
    status: str = "draft"
    receipt: str = ""
    claims: list[tuple[tuple[int, int, bool], date]] = field(default_factory=list)

    def should(self) -> tuple[str, ...] | None:
        """The cells that PARS should have, without the action."""
        if not (self.active and self.given and self.claims):
            return None
        (quarters, safety, on_demand), _ = newest = self.claims[-1]
        completed = "09/29/2024"
        if on_demand:
            since = newest
            for claim in reversed(self.claims):
                if claim[0] != newest[0]:
                    break
                since = claim
            completed = since[1].strftime("%m/%d/%Y")
        credit, part = f"{quarters / 4:.2f}", f"{safety / 4:.2f}"
        state, number, board, board_id = self.given
        boards: tuple[str, ...] = ("", "", "", "", "", "")
        if board:
            boards = (board, board_id, credit, *(("Patient Safety", part) if safety else ("", "")))
            boards = (*boards, "")
        return (
            "202412345", completed, "Kim", self.name, "02/29", state, number, credit, *boards,
        )  # fmt: skip


@dataclass
class Upload:
    """A batch sent to PARS, and its response, not yet imported."""

    number: int
    rejected: list[list[str]]


class Pars:
    """The model of PARS: its records, and the rows that it rejects."""

    def __init__(self) -> None:
        self.holds: list[tuple[str, ...]] = []

    def upload(self, file: Path, refuse: list[bool], *, answered: bool) -> list[list[str]]:
        """Apply the file's rows in order. Returns the rejected ones.

        What it holds is added again only before its answer about a Delete was `answered`.
        """
        lines = [line.split("\t") for line in file.read_text("utf-8").splitlines()]
        assert lines[1] == [column.heading for column in COLUMNS]
        rejected = []
        for number, (action, *cells) in enumerate(lines[2:]):
            record = tuple(cells)
            if refuse and refuse[number % len(refuse)]:
                rejected.append([action, *cells])
            elif action == "Add" and record in self.holds:
                assert not answered, "the same record twice"
                rejected.append([action, *cells])
            elif action == "Add":
                self.holds.append(record)
            elif record in self.holds:
                self.holds.remove(record)
            else:
                rejected.append([action, *cells])
        return rejected


class Reporting(RuleBasedStateMachine):
    """Two attendees, staff and PARS."""

    url: str

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.folder = tempfile.TemporaryDirectory()
        self.now = BEGIN
        self.pars = Pars()
        self.answers: list[Upload] = []
        self.undelivered = False
        self.answered_when_saved = True  # when the undelivered batch was made
        self.learners = {badge: Learner(name) for badge, name in PEOPLE.items()}
        self.visits = self.run(self._begin())
        self.ids = {s.code: s.id for s in self.visits["101"].programme.sessions.values()}

    async def _begin(self) -> dict[str, RequestContext]:
        open_database(self.url)
        programme_cache.clear()
        tables = ("rate_limit_counter", "reporting_row", "reporting_batch", "opt_in", *CLAIMS)
        await delete_rows(*tables)
        await load_meeting(FOLDER, now=BEGIN)
        visits = {}
        for badge, last_name in PEOPLE.items():
            token = await credentials.sign_in_with_badge(MEETING.code, last_name, badge, now=BEGIN)
            context = await authentication.authenticate(MEETING.code, token, now=BEGIN)
            visits[badge] = replace(context, method=SignInMethod.LINK)
        return visits

    def run(self, coroutine: Coroutine[Any, Any, Answered]) -> Answered:
        return self.loop.run(coroutine)

    def teardown(self) -> None:
        try:
            self.settle()
        finally:
            self.run(close_database())
            self.loop.close()
            self.folder.cleanup()

    # The attendee.

    @rule(who=WHO, given=st.sampled_from(GIVEN))
    def opt_in(self, who: str, given: tuple[dict[str, str], tuple[str, ...]]) -> None:
        self.tick()
        fields, cells = given
        born = {"birth_month": "2", "birth_day": "29"}
        name = {"first_name": "Kim", "last_name": PEOPLE[who]}
        self.run(
            opt_in.save_opt_in(
                self.visits[who], born | name | fields, consented=True, version="1", now=self.now
            )
        )
        self.learners[who].given, self.learners[who].active = cells, True

    @rule(who=WHO)
    def withdraw(self, who: str) -> None:
        self.tick()
        self.run(opt_in.withdraw_opt_in(self.visits[who], now=self.now))
        self.learners[who].active = False

    @rule(
        who=WHO, quarters=st.sampled_from([4, 6]), safety=st.integers(0, 1), on_demand=st.booleans()
    )
    def submit(self, who: str, quarters: int, safety: int, on_demand: bool) -> None:
        """Submit, after reopening if needed; sometimes without a change."""
        self.tick()
        learner = self.learners[who]
        if learner.status == "submitted":
            self.reopen(who)
        self.run(self._submit(who, quarters, safety, on_demand))
        learner.claims.append(((quarters, safety, on_demand), self.now.date()))
        learner.status = "submitted"

    async def _submit(self, who: str, quarters: int, safety: int, on_demand: bool) -> None:
        context = self.visits[who]
        await claim_lines.add_session(context, self.ids["A"], now=self.now)
        change = claim_lines.add_session if on_demand else claim_lines.remove_session
        await change(context, self.ids["D"], now=self.now)
        await evaluation_answers.answer_overall(context, "bias", True, now=self.now)
        await submission.choose_total(context, "category1", Amount(quarters), now=self.now)
        summary = await submission.choose_total(context, "safety", Amount(safety), now=self.now)
        receipt = await submit_attested(context, summary.claim.revision, now=self.now)
        self.learners[who].receipt = receipt.number

    @rule(who=WHO)
    def reopen(self, who: str) -> None:
        learner = self.learners[who]
        if learner.status == "submitted":
            why = {"reason": "model", "until": DEADLINE, "actor": "staff", "now": self.now}
            self.run(reopening.reopen_claim(learner.receipt, **why))
            learner.status = "reopened"

    @rule(who=WHO)
    def submit_the_same(self, who: str) -> None:
        if self.learners[who].claims:
            self.submit(who, *self.learners[who].claims[-1][0])

    @rule(
        who=WHO,
        given=st.sampled_from(GIVEN),
        on_demand=st.booleans(),
        refuse=st.lists(st.booleans(), max_size=2),
    )
    def finish(
        self,
        who: str,
        given: tuple[dict[str, str], tuple[str, ...]],
        on_demand: bool,
        refuse: list[bool],
    ) -> None:
        """Complete and report a record, so that runs reach the states after it."""
        self.opt_in(who, given)
        if not self.learners[who].claims:
            self.submit(who, 6, 1, on_demand)
        self.export(refuse)

    @rule(who=WHO)
    def lose_a_delete(self, who: str) -> None:
        """A correction of which PARS accepts the Add and rejects the Delete, and so has both."""
        self.finish(who, GIVEN[0], False, [])
        self.opt_in(who, GIVEN[1])
        self.export([True, False])
        while self.answers:
            self.take_in(False, True)

    # Staff and PARS.

    @rule(refuse=st.lists(st.booleans(), max_size=4), with_rejected=st.booleans())
    def export(self, refuse: list[bool], with_rejected: bool = False) -> None:
        """Report new rows to PARS, which may reject some."""
        if self.undelivered:
            with pytest.raises(pars.BatchNotDelivered):
                self.run(pars.next_batch_number(MEETING.code))
            return
        number = self.run(pars.next_batch_number(MEETING.code))
        names = file_names(MEETING.code, number)
        try:
            write = partial(self._write, names)
            self.run(self._export(number, write, with_rejected=with_rejected))
        except pars.NothingToReport:
            return
        self.deliver(number, refuse, answered=not self.answers)

    @rule()
    def fail_to_write(self) -> None:
        """The disk is full, so no batch is saved."""
        if self.undelivered:
            return

        def write(new: pars.Batch) -> None:
            raise OSError

        number = self.run(pars.next_batch_number(MEETING.code))
        with pytest.raises((OSError, pars.NothingToReport)):
            self.run(self._export(number, write))
        assert self.run(pars.next_batch_number(MEETING.code)) == number

    @rule()
    def crash(self) -> None:
        """The machine stops between saving the batch and delivering its files."""
        if self.undelivered:
            return
        number = self.run(pars.next_batch_number(MEETING.code))
        try:
            self.run(self._export(number, lambda new: None))
        except pars.NothingToReport:
            return
        self.undelivered, self.answered_when_saved = True, not self.answers

    @precondition(lambda self: self.undelivered)
    @rule(refuse=st.lists(st.booleans(), max_size=4))
    def write_again(self, refuse: list[bool]) -> None:
        with pytest.raises(pars.BatchNotDelivered) as missing:
            self.run(pars.next_batch_number(MEETING.code))
        number = missing.value.number
        batch = self.run(pars.load_batch(MEETING.code, number))
        write_files(self.path, file_names(MEETING.code, number), batch.rows)
        self.undelivered = False
        self.deliver(number, refuse, answered=self.answered_when_saved)

    def deliver(self, number: int, refuse: list[bool], *, answered: bool) -> None:
        """Upload a batch that was made when all responses were `answered` by an import, or not."""
        self.run(pars.mark_delivered(MEETING.code, number, now=self.now))
        file = self.path / file_names(MEETING.code, number)[1]
        rejected = self.pars.upload(file, refuse, answered=answered)
        if rejected:
            self.answers.append(Upload(number, rejected))

    @precondition(lambda self: self.answers)
    @rule(first=st.booleans(), named=st.booleans())
    def take_in(self, first: bool, named: bool) -> None:
        """Import a response, the oldest or the newest; an old one needs its batch's number."""
        self.tick()
        answer = self.answers.pop(0 if first else -1)
        newest = self.run(self._last()) == answer.number
        file = self.path / "answer.txt"
        headings = [*(column.heading for column in COLUMNS), "Error"]
        rows = [headings, *([*cells, "Not found"] for cells in answer.rejected)]
        file.write_text("".join("\t".join(row) + "\n" for row in rows), "utf-8")
        rejected = read_rejections(file)
        batch = answer.number if named or not newest else None
        taken = self.run(
            rejections.import_rejections(MEETING.code, rejected, now=self.now, batch=batch)
        )
        if taken.before:
            batch = answer.number
            taken = self.run(
                rejections.import_rejections(MEETING.code, rejected, now=self.now, batch=batch)
            )
        assert (taken.rejected, taken.known) == (len(answer.rejected), 0)
        twice = self.run(
            rejections.import_rejections(MEETING.code, rejected, now=self.now, batch=batch)
        )
        assert (twice.rejected, twice.known) == (0, len(answer.rejected))

    @rule()
    def settle(self) -> None:
        """With nothing pending, one export of all, rejected or not, corrects PARS's records."""
        if self.undelivered:
            self.write_again([])
        while self.answers:
            self.take_in(True, True)
        self.export([], with_rejected=True)
        assert not self.answers, "PARS was asked to delete what it does not hold"
        should = (learner.should() for learner in self.learners.values())
        assert sorted(self.pars.holds) == sorted(cells for cells in should if cells)
        number = self.run(pars.next_batch_number(MEETING.code))
        with pytest.raises(pars.NothingToReport):
            self.run(self._export(number, lambda new: None))

    @invariant()
    def what_is_remembered_is_what_pars_holds(self) -> None:
        if not self.answers and not self.undelivered:
            assert self.run(self._remembered()) == sorted(self.pars.holds)

    def tick(self) -> None:
        self.now += timedelta(days=1)

    @property
    def path(self) -> Path:
        return Path(self.folder.name)

    def _write(self, names: tuple[str, ...], new: pars.Batch) -> None:
        write_files(self.path, names, new.rows)

    async def _export(self, number: int, write: Any, *, with_rejected: bool = False) -> pars.Batch:
        return await pars.create_batch(
            MEETING.code,
            number,
            actor="staff",
            now=self.now,
            write=write,
            with_rejected=with_rejected,
        )

    async def _last(self) -> int:
        meeting_id = self.visits["101"].programme.meeting_id
        last = await read(lambda db: store.latest_batch(db, meeting_id))
        assert last is not None
        return last.number

    async def _remembered(self) -> list[tuple[str, ...]]:
        meeting_id = self.visits["101"].programme.meeting_id
        rows = await read(lambda db: store.reported_rows(db, meeting_id))
        taken = [row for row in rows if row.rejected_at is None]
        return sorted(
            astuple(record)
            for attendee in {row.attendee_id for row in taken}
            for record in current_records(
                pars_row(row) for row in taken if row.attendee_id == attendee
            )
        )


def test_pars_holds_what_it_should_whatever_is_submitted_withdrawn_or_rejected(
    database_url: str,
) -> None:
    run_machine(Reporting, database_url, share=0.12, steps=15)


@pytest.mark.slow
def test_the_same_at_length(database_url: str) -> None:
    run_machine(Reporting, database_url, share=0.4, steps=30)
