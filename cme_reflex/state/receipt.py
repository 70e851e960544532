"""State of the receipt page."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.domain.claims.claim import ClaimStatus
from cme_reflex.routes import HOME
from cme_reflex.services.claims import claim, submission, withdrawal
from cme_reflex.services.claims.claim import ClaimSummary
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.base import ClaimPage, authenticated
from cme_reflex.state.views import presenters, view_models


class Receipt(ClaimPage, rx.State):
    """State of `/receipt`: the last receipt, what is said of its claim, and the replaced ones."""

    receipt: view_models.ReceiptView = view_models.ReceiptView()
    status: str = ""
    replaced: list[view_models.ReceiptView] = []

    @rx.event
    @authenticated
    async def load(self, context: RequestContext):
        """Rebuild the page from the database."""
        return await self._show(context)

    @rx.event
    @authenticated
    async def refresh(self, context: RequestContext):
        """Show what has become of the claim; a receipt itself never changes."""
        return await self._show(context)

    async def _show(self, context: RequestContext) -> Any:
        receipts = await submission.load_receipts(context)
        if not receipts:
            return rx.redirect(HOME)
        summary = await claim.load_summary(context, now=clock())
        self._show_summary(context, summary)
        last, *replaced = (presenters.receipt_view(each, context.programme) for each in receipts)
        self._set(receipt=last, replaced=replaced, status=await _status(context, summary, last))
        return None


async def _status(
    context: RequestContext, summary: ClaimSummary, last: view_models.ReceiptView
) -> str:
    """What is said of a receipt that is not simply valid; empty if it is."""
    if last.withdrawn:
        entry = await withdrawal.load_withdrawal(context)
        return text.home.withdrawn(entry.at, entry.reason, context.meeting)
    if summary.claim.status is ClaimStatus.REOPENED:
        return text.receipt.REOPENED
    return ""
