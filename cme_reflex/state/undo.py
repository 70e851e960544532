"""Base of the states of pages with Undo."""

import reflex as rx

from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.base import ClaimPage
from cme_reflex.state.views import view_models


class UndoPage(ClaimPage, rx.State, mixin=True):
    """State mixin of the pages where sessions are removed. They have a handler `undo`."""

    removed: list[view_models.RemovedView] = []  # what Undo restores, the last removed first

    def _show_summary(
        self, context: RequestContext, summary: ClaimSummary, *, announcement: str = ""
    ) -> None:
        super()._show_summary(context, summary, announcement=announcement)
        removed = () if self.locked else summary.removed
        titles = {key: context.programme.sessions[key].title for key in removed}
        self._set(removed=[view_models.RemovedView(*each) for each in titles.items()])
