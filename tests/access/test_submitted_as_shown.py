"""Whatever is submitted is what the page displayed at the tap, and what the certificate says.

Two tabs change a claim, staff load the meeting again and reopen the claim, choices are refused,
replies are late, and the server forgets a tab. Each tab displays the variables that it was sent.
"""

import itertools
from collections.abc import Iterator
from contextlib import AsyncExitStack, suppress
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlmodel import SQLModel, col, select

from cme_reflex.domain.claims.claim import NotSubmitted
from cme_reflex.domain.claims.proof import ProofState
from cme_reflex.domain.credit.credit_type import Amount
from cme_reflex.services.certificates import certificate
from cme_reflex.services.certificates.certificate import build_certificates
from cme_reflex.services.claims import reopening
from cme_reflex.services.claims.submission import receipt_from_row
from cme_reflex.services.meetings.loader import load_meeting
from cme_reflex.store.claims.tables import ReceiptRow
from cme_reflex.store.database import read
from cme_reflex.store.people.tables import AttendeeRow
from tests.support.access.attendees import FOLDER_WITH_PEOPLE, NOW, VISITING, SignedInPeople
from tests.support.app_client import RunningApp, SocketConnection
from tests.support.database.table_rows import execute, fetch
from tests.support.examples import examples
from tests.support.files.pdfs import page_texts
from tests.support.values.meeting_values import CATEGORY1, MEETING

CLAIM_TABLES = (
    "answer",
    "command",
    "claim_audit",
    "receipt_credit",
    "receipt",
    "claim_line_credit",
    "claim_line",
    "claim_total",
    "claim",
    "mail_queue",
)
CODES = ("A", "B", "C", "D")
DEADLINE = datetime(2030, 1, 1, tzinfo=UTC)
MINUTES = ("", "15", "30", "60", "90", "105", "120", "-15", "nonsense")
HOURS = ("", "0.25", "0.50", "1.00", "1.50", "2.00", "3.50", "9.00", "nonsense")
NAMES = ("Kim Smith", "Kim Núñez, MD", "Patrick Eze 李", "", "x" * 121)

tabs = st.integers(0, 1)
codes = st.sampled_from(CODES)
types = st.sampled_from(["category1", "safety", "unknown"])
steps = st.one_of(
    st.tuples(st.just("add"), tabs, codes),
    st.tuples(st.just("remove"), tabs, codes),
    st.tuples(st.just("set_minutes"), tabs, codes, st.sampled_from(MINUTES)),
    st.tuples(st.just("set_amount"), tabs, codes, types, st.sampled_from(HOURS)),
    st.tuples(st.just("watch"), tabs, codes, st.booleans()),
    st.tuples(st.just("choose_total"), tabs, types, st.sampled_from(HOURS)),
    st.tuples(st.just("choose_all"), tabs, types),
    st.tuples(st.just("correct_name"), tabs, st.sampled_from(NAMES)),
    st.tuples(st.just("correct_profession"), tabs, st.sampled_from(["physician", "other"])),
    st.tuples(st.just("answer"), tabs, st.booleans()),
    st.tuples(st.just("refresh"), tabs),
    st.tuples(st.just("load"), tabs),
    st.tuples(st.just("forget"), tabs),
    st.tuples(st.just("load_meeting"), codes, st.sampled_from([2, 4, 6]), st.booleans()),
    st.tuples(st.just("reopen")),
    st.tuples(st.just("finish"), tabs, st.sampled_from(["", "0.25", "1.00"])),
    st.tuples(st.just("attest"), tabs, st.booleans(), st.booleans()),
    st.tuples(st.just("submit"), tabs, st.booleans()),
)


@dataclass
class Tab:
    """A browser's tab on the submit page.

    `former` is what it displayed before the last reply, `attested` what it displayed when the box
    was ticked; None once the box is cleared.
    """

    socket: SocketConnection
    displayed: dict[str, Any] = field(default_factory=dict)
    former: dict[str, Any] = field(default_factory=dict)
    attested: dict[str, Any] | None = None

    async def send(self, event: str, payload: dict[str, Any] | None = None) -> None:
        self.former = dict(self.displayed)
        await self.socket.send(event, payload, path="/submit")
        self.displayed |= self.socket.vars()

    def at_tap(self, *, late: bool) -> dict[str, Any]:
        """What it displays at a tap; `late` is before the last reply has arrived."""
        return dict(self.former if late and self.former else self.displayed)


def content(displayed: dict[str, Any]) -> dict[str, Any]:
    """What check-your-answers says: name, profession, totals and sessions.

    A page that the server has not filled since a restart has no totals.
    """
    chosen = displayed["submit.chosen"]
    return {
        "name": displayed["submit.name_on_certificate"],
        "physician": displayed["submit.profession"] == "physician",
        "category1": chosen.get("category1", ""),
        "safety": chosen.get("safety") or "0.00",
        "lines": [
            (line["title"], line["amount"], line["more"], line["on_demand"])
            for line in displayed["submit.lines"]
        ],
    }


def receipt_content(row: ReceiptRow) -> dict[str, Any]:
    """The same of a receipt."""
    return {
        "name": row.document["name_on_certificate"],
        "physician": row.document["profession"] == "physician",
        **{credit.credit_type: CATEGORY1.format(Amount(credit.amount)) for credit in row.credits},
        "lines": [
            (
                line["title"],
                CATEGORY1.format(line["credit"]["category1"]),
                f"Of which {CATEGORY1.format(safety)} Patient Safety" if safety else "",
                line["on_demand"],
            )
            for line in row.document["lines"]
            for safety in [line["credit"]["safety"]]
        ],
    }


def certificate_sentences(shown: dict[str, Any]) -> Iterator[str]:
    """What a certificate must say of what was displayed."""
    yield shown["name"]
    claimed, one = shown["category1"], shown["category1"] == "1.00"
    credit = "Credit" if one else "Credits"
    of = f"{credit.lower()} of participation"
    yield f"{claimed} AMA PRA Category 1 {credit}™" if shown["physician"] else f"{claimed} {of}"
    yield f"of which {shown['safety']}"
    for title, hours, _, on_demand in shown["lines"]:
        yield title
        yield hours
        if on_demand:
            yield "Watched on demand"
    attended = sum(CATEGORY1.parse(hours) for _, hours, _, _ in shown["lines"])
    if CATEGORY1.parse(claimed) < attended:
        yield f"Of {CATEGORY1.format(Amount(attended))} hours attended, {claimed} are claimed."


class Story:
    """The two tabs of one attendee, and what happens to the claim."""

    def __init__(self, site: RunningApp, people: SignedInPeople, stack: AsyncExitStack) -> None:
        self.site, self.people, self.stack = site, people, stack
        self.tabs: list[Tab] = []
        self.ids = itertools.count()
        self.submitted = 0

    async def begin(self) -> None:
        for name in CLAIM_TABLES:
            await execute(sa.delete(SQLModel.metadata.tables[name]))
        cleared = {"name_on_certificate": None, "corrected_profession": None}
        await execute(sa.update(AttendeeRow).values(cleared))
        await load_meeting(FOLDER_WITH_PEOPLE, now=NOW)
        self.tabs = [Tab(await self.open()), Tab(await self.open())]
        for tab in self.tabs:
            await tab.send("submit.load")

    async def open(self) -> SocketConnection:
        socket = self.site.socket(self.people.tokens[VISITING])
        return await self.stack.enter_async_context(socket)

    async def tell(self, step: tuple[Any, ...]) -> None:
        name, *arguments = step
        await getattr(self, name)(*arguments)

    async def command(self, tab: int, event: str, **payload: Any) -> None:
        socket, refusals = self.tabs[tab].socket, f"{event.partition('.')[0]}.refusals"
        before = socket.vars().get(refusals, 0)
        payload["command"] = f"command-{next(self.ids)}"
        await self.tabs[tab].send(event, payload)
        after = socket.vars()
        reply = after.get("command_queue.reply", {})
        if reply.get("command") == payload["command"]:
            # A refused choice is drawn anew, so that the page does not go on showing it.
            assert after.get(refusals, 0) == before + (reply["outcome"] == "refused")

    async def add(self, tab: int, code: str) -> None:
        await self.command(tab, "sessions.add", session_id=self.people.sessions[code])

    async def remove(self, tab: int, code: str) -> None:
        await self.command(tab, "home.remove", session_id=self.people.sessions[code])

    async def set_minutes(self, tab: int, code: str, minutes: str) -> None:
        session = self.people.sessions[code]
        await self.command(tab, "home.set_minutes", session_id=session, minutes=minutes)

    async def set_amount(self, tab: int, code: str, of: str, hours: str) -> None:
        session = self.people.sessions[code]
        await self.command(tab, "home.set_amount", session_id=session, code=of, amount=hours)

    async def watch(self, tab: int, code: str, on_demand: bool) -> None:
        session = self.people.sessions[code]
        await self.command(tab, "home.set_on_demand", session_id=session, on_demand=on_demand)

    async def choose_total(self, tab: int, of: str, hours: str) -> None:
        await self.command(tab, "submit.choose_total", code=of, amount=hours)

    async def choose_all(self, tab: int, of: str) -> None:
        await self.command(tab, "submit.choose_all", code=of)

    async def correct_name(self, tab: int, name: str) -> None:
        await self.command(tab, "submit.correct_name", name=name)

    async def correct_profession(self, tab: int, profession: str) -> None:
        await self.command(tab, "submit.correct_profession", profession=profession)

    async def answer(self, tab: int, value: bool) -> None:
        await self.command(tab, "submit.answer", question="bias", value=value)

    async def refresh(self, tab: int) -> None:
        await self.tabs[tab].send("submit.refresh")

    async def load(self, tab: int) -> None:
        await self.tabs[tab].send("submit.load")

    async def forget(self, tab: int) -> None:
        """The server was restarted: it does not know the tab, which goes on displaying."""
        self.tabs[tab].socket = await self.open()

    async def load_meeting(self, code: str, quarters: int, renamed: bool) -> None:
        title = f"Session {code} (new)" if renamed else f"Session {code}"
        sessions = tuple(
            replace(
                each,
                credit={
                    "category1": Amount(quarters),
                    "safety": Amount(min(each.credit.get("safety", 0), 2)),
                },
                title=title,
            )
            if each.code == code
            else each
            for each in FOLDER_WITH_PEOPLE.sessions
        )
        await load_meeting(replace(FOLDER_WITH_PEOPLE, sessions=sessions), now=NOW)

    async def reopen(self) -> None:
        for row in (await self.receipts())[-1:]:
            with suppress(NotSubmitted):
                await reopening.reopen_claim(
                    row.number, reason="r", until=DEADLINE, actor="staff", now=NOW
                )

    async def finish(self, tab: int, hours: str) -> None:
        """Do all that Submit needs, so that many stories come to one."""
        await self.load(tab)
        await self.remove(tab, "C")
        await self.add(tab, "A")
        await self.answer(tab, True)
        await self.choose_all(tab, "category1")
        if hours:
            await self.choose_total(tab, "category1", hours)
        await self.refresh(tab)
        await self.attest(tab, True, False)
        await self.submit(tab, False)

    async def attest(self, tab: int, attested: bool, late: bool) -> None:
        displayed = self.tabs[tab].at_tap(late=late)
        before = content(displayed)
        self.tabs[tab].attested = before if attested else None
        await self.tabs[tab].send("submit.attest", {"attested": attested, **_shown(displayed)})
        if attested and self.tabs[tab].displayed["submit.attested"]:
            assert content(self.tabs[tab].displayed) == before

    async def submit(self, tab: int, late: bool) -> None:
        displayed, former = self.tabs[tab].at_tap(late=late), await self.receipts()
        await self.tabs[tab].send("submit.submit", _shown(displayed))
        for row in (await self.receipts())[len(former) :]:
            assert receipt_content(row) == content(displayed)
            # The box may have been ticked and Submit tapped before the reply to either.
            assert self.tabs[tab].attested == content(displayed)
            await self.certificate_says(row, content(displayed))
            self.submitted += 1

    async def certificate_says(self, row: ReceiptRow, shown: dict[str, Any]) -> None:
        (printed,) = await read(
            lambda db: build_certificates(db, receipt_from_row(row), MEETING, ProofState.VALID)
        )
        pages = page_texts(await certificate.render_pdf(printed))
        text = " ".join(" ".join(pages).split())
        for sentence in certificate_sentences(shown):
            assert sentence in text

    async def receipts(self) -> list[ReceiptRow]:
        return await fetch(select(ReceiptRow).order_by(col(ReceiptRow.id)))


def _shown(displayed: dict[str, Any]) -> dict[str, Any]:
    """What the browser sends of what it displays."""
    return {
        "shown": displayed["submit.shown"],
        "refusals": displayed.get("submit.refusals", 0),
    }


async def told(site: RunningApp, people: SignedInPeople, story: list[tuple[Any, ...]]) -> int:
    """Tell a story. Returns how often something was submitted."""
    async with AsyncExitStack() as stack:
        teller = Story(site, people, stack)
        await teller.begin()
        for step in story:
            await teller.tell(step)
        return teller.submitted


STORIES = settings(
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@settings(STORIES, max_examples=examples(1))
@given(story=st.lists(steps, min_size=3, max_size=14))
async def test_what_is_submitted_is_what_the_page_displayed_last(
    site: RunningApp, people: SignedInPeople, story: list[tuple[Any, ...]]
) -> None:
    await told(site, people, story)


@pytest.mark.parametrize(
    ("story", "submitted"),
    [
        ([("finish", 0, "")], 1),
        ([("finish", 0, "1.00")], 1),
        ([("finish", 0, ""), ("reopen",), ("load", 0), ("submit", 0, False)], 1),
        ([("finish", 0, ""), ("reopen",), ("finish", 1, "0.25")], 2),
        ([("finish", 0, ""), ("reopen",), ("attest", 0, True, False), ("submit", 0, True)], 2),
        ([("forget", 0), ("choose_total", 0, "category1", "0.25"), ("attest", 0, False, False)], 0),
    ],
)
async def test_these_stories_submit(
    site: RunningApp, people: SignedInPeople, story: list[tuple[Any, ...]], submitted: int
) -> None:
    assert await told(site, people, story) == submitted


READY = [
    ("add", 0, "A"),
    ("answer", 0, True),
    ("choose_total", 0, "category1", "1.00"),
    ("refresh", 0),
    ("attest", 0, True, False),
]


@pytest.mark.parametrize(
    "change",
    [
        ("add", 1, "B"),
        ("remove", 1, "A"),
        ("set_minutes", 1, "A", "60"),
        ("watch", 1, "A", True),
        ("choose_total", 1, "category1", "0.50"),
        ("choose_total", 1, "safety", "0.25"),
        ("correct_name", 1, "Kim Núñez, MD"),
        ("correct_profession", 1, "other"),
        ("load_meeting", "A", 6, True),
    ],
)
@pytest.mark.parametrize("refreshed", [False, True])
async def test_an_attestation_ends_with_any_change_from_wherever(
    site: RunningApp,
    people: SignedInPeople,
    change: tuple[Any, ...],
    refreshed: bool,
) -> None:
    async with AsyncExitStack() as stack:
        story = Story(site, people, stack)
        await story.begin()
        for step in READY:
            await story.tell(step)
        tab = story.tabs[0]
        assert tab.displayed["submit.attested"]
        await story.tell(change)
        if refreshed:
            await story.refresh(0)
            assert not tab.displayed["submit.attested"]
        await story.submit(0, late=False)
        assert story.submitted == 0
        assert not tab.displayed["submit.attested"]
        assert tab.displayed["submit.confirm_again"]
        assert tab.displayed["submit.changes"]
