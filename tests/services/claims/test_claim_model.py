"""Two tabs and a replaying client against the services, compared with a simple model."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, TypeVar

import pytest
import sqlalchemy as sa
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    rule,
)
from sqlmodel import Session, select

from cme_reflex.domain.claims.claim import ClaimIncomplete, ClaimLocked, NotInClaim, StaleRevision
from cme_reflex.domain.credit.claimable import CreditLimitExceeded
from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.domain.credit.line import InvalidMinutes
from cme_reflex.services.claims import claim, claim_lines, reopening, submission
from cme_reflex.services.evaluations import evaluation_answers
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.services.programme import programme_cache
from cme_reflex.services.sign_in import authentication, credentials
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.store.claims.tables import ClaimAuditRow, ClaimRow, LineRow, ReceiptRow
from cme_reflex.store.database import StatementTimeout, write
from cme_reflex.store.engines import close_database, open_database
from tests.support.attendees import submit_attested
from tests.support.database.table_rows import fetch
from tests.support.meetings import FOLDER, MEETING
from tests.support.models.state_machine import CLAIMS, delete_rows, run_machine

NOW = datetime(2024, 11, 1, 12, tzinfo=UTC)
DEADLINE = datetime(2031, 1, 1, tzinfo=UTC)
Answered = TypeVar("Answered")


@dataclass(frozen=True)
class Modelled:
    """The small meeting's sessions: Category 1 and Patient Safety credit in quarter hours."""

    quarters: int
    safety: int
    starts: int  # quarter hours after eight
    ends: int
    on_demand_only: bool = False


SESSIONS = {
    "A": Modelled(6, 4, 0, 6),
    "B": Modelled(8, 0, 7, 15),
    "C": Modelled(6, 0, 4, 10),
    "D": Modelled(8, 0, 0, 8, on_demand_only=True),
}


@dataclass
class Line:
    """A line of the model's claim."""

    quarters: int
    safety: int
    on_demand: bool
    removed: bool = False


@dataclass
class Model:
    """The model of a claim."""

    lines: dict[str, Line] = field(default_factory=dict)
    bias: bool | None = None
    category1: int | None = None
    safety: int | None = None
    status: str = "draft"
    submissions: list[tuple[int, int]] = field(default_factory=list)
    changes: int = 0

    def visible(self) -> dict[str, Line]:
        return {code: line for code, line in self.lines.items() if not line.removed}

    def most(self, credit: Callable[[Line], int]) -> int:
        """What one person could have attended, by trying every quarter hour of the clock.

        A quarter of time goes to at most one live line; the lines that end first
        take the first free quarters, which is the best there is for intervals.
        """
        live = [
            (SESSIONS[code], credit(line))
            for code, line in self.visible().items()
            if not line.on_demand
        ]
        free = set(range(16))
        attended = 0
        for session, quarters in sorted(live, key=lambda each: each[0].ends):
            taken = sorted(free & set(range(session.starts, session.ends)))[:quarters]
            free -= set(taken)
            attended += len(taken)
        return attended + sum(credit(line) for line in self.visible().values() if line.on_demand)

    def claimable(self) -> tuple[int, int]:
        category1 = min(self.most(lambda line: line.quarters), 40)
        return category1, min(self.most(lambda line: line.safety), 8, category1)

    def totals(self) -> dict[str, int]:
        chosen = {"category1": self.category1, "safety": self.safety}
        return {code: total for code, total in chosen.items() if total is not None}

    def settle(self) -> None:
        """Clear totals that are no longer supported."""
        category1, safety = self.claimable()
        if self.category1 is not None and self.category1 > category1:
            self.category1 = None
        if self.safety is not None and self.safety > min(safety, self.category1 or safety):
            self.safety = None

    def conflicts(self) -> bool:
        claimed = sum(line.quarters for line in self.visible().values())
        return self.most(lambda line: line.quarters) < claimed

    def submittable(self) -> bool:
        return bool(
            self.visible()
            and not self.conflicts()
            and self.bias is not None
            and self.category1 is not None
        )


class Neighbour(Enum):
    """Another writer at the same time, of which nothing may be seen."""

    FAILS = auto()
    HANGS = auto()
    CANCELLED_IN_THE_QUEUE = auto()
    CANCELLED_LATER = auto()


# SQLite gives up the whole transaction where it interrupts a statement that writes.
ENDLESS = sa.text(
    "UPDATE claim SET revision = (WITH RECURSIVE n(i) AS"
    " (SELECT claim.id UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n)"
)


def _spoil(db: Session) -> None:
    db.exec(sa.update(ClaimRow).values(revision=ClaimRow.revision + 100))
    db.exec(sa.delete(LineRow))


async def _neighbour(kind: Neighbour) -> None:
    def fail(db: Session) -> None:
        _spoil(db)
        raise LookupError

    def hang(db: Session) -> None:
        _spoil(db)
        db.connection().execute(ENDLESS)
        raise LookupError  # where no claim was begun, there is nothing to hang at

    def lock(db: Session) -> None:
        db.exec(select(ClaimRow).with_for_update()).all()

    match kind:
        case Neighbour.FAILS:
            with pytest.raises(LookupError):
                await write(fail)
        case Neighbour.HANGS:
            with pytest.raises((StatementTimeout, LookupError)):
                await write(hang, timeout=0.05)
        case _:
            gone = asyncio.create_task(write(lock))
            await asyncio.sleep(0 if kind is Neighbour.CANCELLED_IN_THE_QUEUE else 0.001)
            gone.cancel()
            with suppress(asyncio.CancelledError):
                await gone


async def _beside(
    neighbours: Sequence[Neighbour], coroutine: Coroutine[Any, Any, Answered]
) -> Answered:
    before = [asyncio.create_task(_neighbour(kind)) for kind in neighbours]
    own = asyncio.create_task(coroutine)
    after = [asyncio.create_task(_neighbour(kind)) for kind in neighbours]
    await asyncio.wait([*before, own, *after])
    for task in (*before, *after):
        task.result()
    return own.result()


class Claiming(RuleBasedStateMachine):
    """One attendee with two tabs; every command may arrive again at any time."""

    url: str

    sent = Bundle("sent")

    def __init__(self) -> None:
        super().__init__()
        self.loop = asyncio.Runner()
        self.neighbours: tuple[Neighbour, ...] = ()
        self.model = Model()
        self.applied: set[str] = set()
        self.numbers: list[str] = []
        self.context, self.other, self.ids = self.run(self._begin())
        self.codes = {number: code for code, number in self.ids.items()}
        self.seen = {1: 0, 2: 0}

    async def _begin(self) -> tuple[RequestContext, RequestContext, dict[str, int]]:
        open_database(self.url)
        programme_cache.clear()
        await delete_rows(*CLAIMS)
        await load_meeting(FOLDER, now=NOW)
        visits = []
        for last_name, badge in (("O'Brien-Núñez", "101"), ("Smith", "102")):
            token = await credentials.sign_in_with_badge(MEETING.code, last_name, badge, now=NOW)
            visits.append(await authentication.authenticate(MEETING.code, token, now=NOW))
        sessions = visits[0].programme.sessions.values()
        return visits[0], visits[1], {session.code: session.id for session in sessions}

    def run(self, coroutine: Coroutine[Any, Any, Answered]) -> Answered:
        """Run it, beside writers of other things if there shall be any."""
        neighbours, self.neighbours = self.neighbours, ()
        return self.loop.run(_beside(neighbours, coroutine) if neighbours else coroutine)

    def teardown(self) -> None:
        self.run(close_database())
        self.loop.close()

    # A command of a tab: its name, arguments and id.

    @rule(target=sent, tab=st.sampled_from([1, 2]), code=st.sampled_from(sorted(SESSIONS)))
    def add(self, tab: int, code: str) -> tuple[Any, ...]:
        return self.send(tab, "add", code)

    @rule(target=sent, tab=st.sampled_from([1, 2]), code=st.sampled_from(sorted(SESSIONS)))
    def remove(self, tab: int, code: str) -> tuple[Any, ...]:
        return self.send(tab, "remove", code)

    @rule(
        target=sent,
        tab=st.sampled_from([1, 2]),
        code=st.sampled_from(sorted(SESSIONS)),
        quarters=st.integers(0, 9),
    )
    def lower(self, tab: int, code: str, quarters: int) -> tuple[Any, ...]:
        return self.send(tab, "hours", code, quarters)

    @rule(
        target=sent,
        tab=st.sampled_from([1, 2]),
        less=st.one_of(st.none(), st.integers(-1, 6)),
    )
    def choose(self, tab: int, less: int | None) -> tuple[Any, ...]:
        """Choose the maximum, something less, or a quarter hour too much."""
        quarters = None if less is None else self.model.claimable()[0] - less
        return self.send(tab, "category1", quarters)

    @rule(
        target=sent,
        tab=st.sampled_from([1, 2]),
        quarters=st.one_of(st.none(), st.integers(-1, 5)),
    )
    def choose_safety(self, tab: int, quarters: int | None) -> tuple[Any, ...]:
        return self.send(tab, "safety", quarters)

    @rule(target=sent, tab=st.sampled_from([1, 2]), value=st.sampled_from([True, False, None]))
    def answer(self, tab: int, value: bool | None) -> tuple[Any, ...]:
        return self.send(tab, "bias", value)

    @rule(
        neighbours=st.lists(st.sampled_from(Neighbour), min_size=1, max_size=3),
        command=st.sampled_from(["add", "remove"]),
        code=st.sampled_from(sorted(SESSIONS)),
    )
    def crowd(self, neighbours: list[Neighbour], command: str, code: str) -> None:
        """Send a command that shares its commit, on SQLite, with those who come to nothing."""
        self.neighbours = tuple(neighbours)
        self.send(1, command, code)

    @rule(
        tab=st.sampled_from([1, 2]),
        code=st.sampled_from(sorted(SESSIONS)),
        quarters=st.integers(1, 5),
    )
    def undo(self, tab: int, code: str, quarters: int) -> None:
        """Add, lower, remove and restore a session, with the first command replayed in between."""
        add = self.send(tab, "add", code)
        self.send(tab, "hours", code, quarters)
        self.send(tab, "remove", code)
        self.carry_out(*add)
        self.send(tab, "add", code)

    @rule(tab=st.sampled_from([1, 2]))
    def finish(self, tab: int) -> None:
        """Complete the claim for Submit, so that runs reach the states after it."""
        self.send(tab, "remove", "C")
        self.send(tab, "add", "A")
        self.send(tab, "bias", True)
        self.send(tab, "category1", self.model.claimable()[0])
        self.submit(tab)

    @rule(tab=st.sampled_from([1, 2]))
    def look(self, tab: int) -> None:
        self.seen[tab] = self.run(claim.load_summary(self.context, now=NOW)).claim.revision

    @rule(command=sent)
    def replay(self, command: tuple[Any, ...]) -> None:
        self.carry_out(*command)

    @rule(tab=st.sampled_from([1, 2]))
    def submit(self, tab: int) -> None:
        current = self.run(claim.load_summary(self.context, now=NOW)).claim.revision
        attempt = submit_attested(self.context, self.seen[tab], now=NOW)
        model = self.model
        if model.status == "submitted":
            if self.seen[tab] == current:
                assert self.run(attempt).number == self.numbers[-1]
            else:
                self.refused(attempt, ClaimLocked)
        elif self.seen[tab] != current:
            self.refused(attempt, StaleRevision)
        elif not model.submittable():
            self.refused(attempt, ClaimIncomplete)
        else:
            receipt = self.run(attempt)
            self.numbers.append(receipt.number)
            assert model.category1 is not None
            model.submissions.append((model.category1, model.safety or 0))
            model.status = "submitted"
            model.changes += 1

    @rule()
    def reopen(self) -> None:
        if self.model.status != "submitted":
            return
        self.run(
            reopening.reopen_claim(
                self.numbers[-1], reason="model", until=DEADLINE, actor="staff", now=NOW
            )
        )
        self.model.status = "reopened"
        self.model.changes += 1

    def send(self, tab: int, *command: Any) -> tuple[Any, ...]:
        key = f"{tab}-{len(self.applied)}-{id(command)}"
        self.carry_out(key, *command)
        self.seen[tab] = self.run(claim.load_summary(self.context, now=NOW)).claim.revision
        return (key, *command)

    def carry_out(self, key: str, name: str, *arguments: Any) -> None:
        """Execute a command on service and model, and compare the outcomes."""
        context = replace(self.context, command=key)
        attempt = self._service(context, name, *arguments)
        if key in self.applied:
            self.run(attempt)
            self.the_claim_is_as_the_model_says()
        elif self.model.status == "submitted":
            self.refused(attempt, ClaimLocked)
        elif refusal := self._refusal(name, *arguments):
            self.refused(attempt, refusal)
        else:
            self.run(attempt)
            self.applied.add(key)
            getattr(self, f"_model_{name}")(*arguments)
            self.model.settle()

    def _service(
        self, context: RequestContext, name: str, first: Any, second: Any = None
    ) -> Coroutine[Any, Any, claim.ClaimSummary]:
        match name:
            case "add":
                service: Awaitable[Any] = claim_lines.add_session(context, self.ids[first], now=NOW)
            case "remove":
                service = claim_lines.remove_session(context, self.ids[first], now=NOW)
            case "hours":
                service = claim_lines.set_minutes(context, self.ids[first], 15 * second, now=NOW)
            case "category1" | "safety":
                chosen = None if first is None else Amount(first)
                service = submission.choose_total(context, name, chosen, now=NOW)
            case _:
                service = evaluation_answers.answer_overall(context, "bias", first, now=NOW)
        return service  # type: ignore[return-value]

    def _refusal(self, name: str, first: Any, second: Any = None) -> type[Exception] | None:
        if name == "hours":
            if not 1 <= second <= SESSIONS[first].quarters:
                return InvalidMinutes
            if first not in self.model.visible():
                return NotInClaim
        if name == "category1" and first is not None:
            within = 1 <= first <= self.model.claimable()[0]
            return None if within else CreditLimitExceeded
        if name == "safety" and first is not None:
            limit = min(
                self.model.claimable()[1], self.model.category1 or self.model.claimable()[1]
            )
            return None if 0 <= first <= limit else CreditLimitExceeded
        return None

    def _model_add(self, code: str) -> None:
        session = SESSIONS[code]
        if code in self.model.lines:
            self.model.lines[code].removed = False
        else:
            line = Line(session.quarters, session.safety, session.on_demand_only)
            self.model.lines[code] = line

    def _model_remove(self, code: str) -> None:
        if code in self.model.lines:
            self.model.lines[code].removed = True

    def _model_hours(self, code: str, quarters: int) -> None:
        line, safety = self.model.lines[code], SESSIONS[code].safety
        # Patient Safety is never lowered by itself here, so it follows the hours.
        line.quarters, line.safety = quarters, min(safety, quarters)

    def _model_category1(self, quarters: int | None) -> None:
        self.model.category1 = quarters
        if self.model.safety is not None and (quarters is None or self.model.safety > quarters):
            self.model.safety = None

    def _model_safety(self, quarters: int | None) -> None:
        self.model.safety = quarters

    def _model_bias(self, value: bool | None) -> None:
        self.model.bias = value

    def refused(self, attempt: Coroutine[Any, Any, Any], error: type[Exception]) -> None:
        with pytest.raises(error):
            self.run(attempt)

    @invariant()
    def the_claim_is_as_the_model_says(self) -> None:
        summary = self.run(claim.load_summary(self.context, now=NOW))
        lines = {
            self.codes[line.session_id]: Line(
                line.amount("category1"), line.amount("safety"), line.on_demand
            )
            for line in summary.claim.lines
        }
        model = self.model
        assert lines == model.visible()
        assert summary.claim.status == model.status
        assert summary.claim.totals == model.totals()
        assert (summary.claimable["category1"], summary.claimable["safety"]) == model.claimable()
        assert bool(summary.conflicts) == model.conflicts()
        answers = self.run(evaluation_answers.load_answers(self.context))
        assert answers.overall.get("bias") == model.bias

    @invariant()
    def every_submission_has_its_receipt_and_every_change_its_entry(self) -> None:
        receipts, entries = self.run(_kept())
        assert receipts == self.model.submissions
        assert entries == self.model.changes

    @invariant()
    def the_other_attendees_claim_is_untouched(self) -> None:
        summary = self.run(claim.load_summary(self.other, now=NOW))
        assert (summary.claim.lines, summary.claim.revision) == ((), 0)


async def _kept() -> tuple[list[tuple[int, int]], int]:
    receipts = await fetch(select(ReceiptRow).order_by(ReceiptRow.id))  # type: ignore[arg-type]
    entries = await fetch(select(ClaimAuditRow))
    credits_ = [{each.credit_type: each.amount for each in row.credits} for row in receipts]
    return [(each["category1"], each["safety"]) for each in credits_], len(entries)


def test_two_tabs_and_a_replaying_client_make_the_claim_that_the_model_makes(
    database_url: str,
) -> None:
    run_machine(Claiming, database_url, share=0.25, steps=25)


@pytest.mark.slow
def test_the_same_at_length(database_url: str) -> None:
    run_machine(Claiming, database_url, share=0.6, steps=40)
