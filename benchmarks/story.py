"""Steps of an attendee from the list of sessions to the receipt, for a socket client."""

from functools import partial
from itertools import cycle, islice

from benchmarks.figures import Step
from cme_reflex.domain.evaluations.form import Form, Question, QuestionKind
from cme_reflex.domain.meetings.meeting import Meeting
from tests.support.e2e.sockets.async_socket_client import TabClient

WORDS = ("linux", "security", "data", "open", "web", "python", "rust", "kernel")


def letters(tab: TabClient, count: int) -> list[Step]:
    """Searches, one per letter queries; each finds other sessions than the previous one."""
    queries = cycle(word[:end] for word in WORDS for end in (2, len(word)))
    return [partial(tab.ask, "sessions", "search", query=query) for query in islice(queries, count)]


def adds(tab: TabClient) -> list[Step]:
    """Add for each session in the first window of the list."""
    return [partial(tab.command, "sessions", "add", session_id=one) for one in tab.sessions()]


async def claim(tab: TabClient, meeting: Meeting) -> None:
    """Search, add five sessions, reduce the hours of one, evaluate it, and submit.

    Raises RuntimeError if the claim is not submitted at the end.
    """
    for step in (*letters(tab, 6), *adds(tab)[:5]):
        await step()
    first = tab.sessions()[0]
    await tab.open_page("claim")
    primary = meeting.credit.primaries[0].code
    await tab.command("home", "set_amount", session_id=first, code=primary, amount="0.25")
    await tab.open_page("evaluation", f"?session={first}")
    await _answer(tab, "evaluation", meeting.session_form, session_id=first)
    await tab.open_page("submit")
    await _answer(tab, "submit", meeting.overall_form)
    await tab.command("submit", "choose_all", code=primary)
    shown = {"shown": tab.attestation(), "refusals": 0}
    await tab.ask("submit", "attest", attested=True, **shown)
    await tab.ask("submit", "submit", **shown)
    await tab.open_page("claim")
    if '"submitted_rx_state_":true' not in tab.shown:
        raise RuntimeError(f"not submitted: {tab.shown}")


async def _answer(tab: TabClient, page: str, form: Form, **about: int) -> None:
    for question in form.questions:
        match question.kind:
            case QuestionKind.SOME_OF:
                option = {"option": question.options[0], "chosen": True}
                await tab.command(page, "choose", **about, question=question.key, **option)
            case _:
                answer = {"question": question.key, "value": _value(question)}
                await tab.command(page, "answer", **about, **answer)


def _value(question: Question) -> str | int | bool:
    match question.kind:
        case QuestionKind.SCALE:
            return question.points
        case QuestionKind.ONE_OF:
            return question.options[0]
        case QuestionKind.YES_NO:
            return True
    return "Worth the way."
