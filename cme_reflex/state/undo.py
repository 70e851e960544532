"""Undo of removals: the sessions that were removed on a page, while it is in sight."""

import reflex as rx

from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.views.view_models import RemovedView


class Undo(rx.State, mixin=True):
    """State mixin of a page that removes sessions. `removed` has the newest first.

    The page's own `undo` names the session, so that it can wait in the command queue and be
    executed by another process; what the removal cleared is in the database.
    """

    removed: list[RemovedView] = []

    def _offer_undo(self, context: RequestContext, session_id: int) -> None:
        removed = RemovedView(session_id, context.programme.session(session_id).title)
        self.removed = [removed, *(each for each in self.removed if each.id != session_id)]

    def _update_undo(self, summary: ClaimSummary) -> None:
        """Offer Undo only for sessions that are not on the claim, as another tab may add one."""
        claimed = {line.session_id for line in summary.claim.lines}
        if any(each.id in claimed for each in self.removed):
            self.removed = [each for each in self.removed if each.id not in claimed]
