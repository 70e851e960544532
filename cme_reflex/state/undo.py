"""Undo of removals: the sessions that were removed on a page, while it is in sight."""

import reflex as rx

from cme_reflex.domain.credit.claimable import Totals
from cme_reflex.domain.credit.quarters import Quarters, format_hours, parse_hours
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.views.view_models import RemovedView


class Undo(rx.State, mixin=True):
    """State mixin of a page that removes sessions. `removed` has the newest first.

    The page's own `undo` gets what it restores from the page, so that it can wait in the command
    queue and be executed by another process.
    """

    removed: list[RemovedView] = []

    def _offer_undo(self, context: RequestContext, session_id: int, summary: ClaimSummary) -> None:
        removed = RemovedView(
            session_id,
            context.programme.session(session_id).title,
            _hours(summary.lost.category1),
            _hours(summary.lost.safety),
        )
        self.removed = [removed, *(each for each in self.removed if each.id != session_id)]

    def _update_undo(self, summary: ClaimSummary) -> None:
        """Offer Undo only for sessions that are not on the claim, as another tab may add one."""
        claimed = {line.session_id for line in summary.claim.lines}
        if any(each.id in claimed for each in self.removed):
            self.removed = [each for each in self.removed if each.id not in claimed]


def cleared_totals(category1: str, safety: str) -> Totals:
    """The totals of a `RemovedView`. Raises InvalidHours."""
    return Totals(
        parse_hours(category1) if category1 else None, parse_hours(safety) if safety else None
    )


def _hours(quarters: Quarters | None) -> str:
    return "" if quarters is None else format_hours(quarters)
