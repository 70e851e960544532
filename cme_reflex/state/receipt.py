"""State of the receipt page."""

import reflex as rx

from cme_reflex.routes import HOME
from cme_reflex.services.claims import claim, submission
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.base import ClaimPage, authenticated
from cme_reflex.state.views import presenters, view_models


class Receipt(ClaimPage, rx.State):
    """State of `/receipt`: the valid receipt and the replaced ones."""

    receipt: view_models.ReceiptView = view_models.ReceiptView()
    replaced: list[view_models.ReceiptView] = []

    @rx.event
    @authenticated
    async def load(self, context: RequestContext):
        """Rebuild the page from the database."""
        receipts = await submission.load_receipts(context)
        if not receipts:
            return rx.redirect(HOME)
        self._show_summary(context, await claim.load_summary(context))
        valid, *replaced = (presenters.receipt_view(each, context.programme) for each in receipts)
        self._set(receipt=valid, replaced=replaced)
        return None

    @rx.event
    @authenticated
    async def refresh(self, context: RequestContext):
        """Verify that the sign-in is still valid; a receipt itself never changes."""
        self._show_summary(context, await claim.load_summary(context))
