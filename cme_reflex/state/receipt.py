"""The receipt of the submitted claim."""

import reflex as rx

from cme_reflex.routes import HOME
from cme_reflex.services import claim, submission
from cme_reflex.services.visit import Visit
from cme_reflex.state import shown, views
from cme_reflex.state.base import ClaimPage, authenticated


class Receipt(ClaimPage, rx.State):
    """What `/receipt` shows."""

    receipt: views.ReceiptView = views.ReceiptView()
    replaced: list[views.ReceiptView] = []

    @rx.event
    @authenticated
    async def load(self, visit: Visit):
        """Rebuild the page from the database."""
        receipts = await submission.receipts(visit)
        if not receipts:
            return rx.redirect(HOME)
        self._show_standing(visit, await claim.standing(visit))
        valid, *replaced = (shown.receipt_view(each, visit.programme) for each in receipts)
        self._set(receipt=valid, replaced=replaced)
        return None

    @rx.event
    @authenticated
    async def refresh(self, visit: Visit):
        """Show that the sign-in still stands; a receipt itself never changes."""
        self._show_standing(visit, await claim.standing(visit))
