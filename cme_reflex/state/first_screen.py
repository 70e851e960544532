"""The list of sessions as it is at first, for the page that comes with it: the state's own words.

What has a shape of its own in the page is counted here as assets/filled.js does it.
"""

from dataclasses import asdict

from reflex_base.utils.format import json_dumps

from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.command_queue import CommandQueue, queue_owner
from cme_reflex.state.sessions import Sessions
from cme_reflex.state.views.view_models import FilterOption, SessionRow
from cme_reflex.web.filled_page import Item, Screen


def first_screen(context: RequestContext, summary: ClaimSummary) -> Screen | None:
    """What the page shows the attendee first; None where it has a shape that was not built."""
    page = Sessions.opened(context, summary)
    if page.problem or page.removed or not page.matches:
        return None
    shown = ("locked", "found", "matches", "rows_after", "heads_after")
    return Screen(
        shape=3 * bool(page.locked) + min(page.totals.conflicts, 2),
        words={name: getattr(page, name) for name in shown} | asdict(page.totals),
        lists={
            "rows": [_row(page, row, at) for at, row in enumerate(page.slot_a)],
            "days": [_choice("day", choice) for choice in page.days],
            "kinds": [_choice("kind", choice) for choice in page.kinds],
            "credits": [_choice("credit", choice) for choice in page.credits],
        },
        values=json_dumps(page.get_delta() | _owner(context).get_delta()),
    )


def _owner(context: RequestContext) -> CommandQueue:
    """Whose is what will be tapped before the server has said who is there."""
    queue = CommandQueue(_reflex_internal_init=True)  # type: ignore[call-arg]
    queue.attendee = queue_owner(context.attendee.id)
    queue.meeting_version = context.programme.version
    return queue


def _row(page: Sessions, row: SessionRow, at: int) -> Item:
    shape = (
        bool(row.day)
        + 2 * bool(row.more)
        + 4 * (row.id in page.in_conflict)
        + 8 * bool(row.tag)
        + (32 if row.refusal else 16 * (row.id in page.added))
    )
    words = {**asdict(row), "at": at, "number": at + 1, "matches": page.matches}
    return Item(shape, words)


def _choice(name: str, choice: FilterOption) -> Item:
    words = {name: choice.value, f"{name}_label": choice.label}
    return Item(bool(choice.value), words)
