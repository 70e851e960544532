"""The receipt of the submitted claim."""

import reflex as rx

from cme_reflex.routes import HOME
from cme_reflex.services import claim, submission
from cme_reflex.services.visit import Visit
from cme_reflex.state import views
from cme_reflex.state.base import ClaimPage, signed_in


class Receipt(ClaimPage, rx.State):
    """What `/receipt` shows."""

    receipt: views.ReceiptView = views.ReceiptView()

    @rx.event
    @signed_in
    async def load(self, visit: Visit):
        """Rebuild the page from the database."""
        last = await submission.last_receipt(visit)
        if last is None:
            return rx.redirect(HOME)
        self._show_standing(visit, await claim.standing(visit))
        self._set(receipt=views.receipt_view(last, visit.programme))
        return None

    @rx.event
    @signed_in
    async def refresh(self, visit: Visit):
        """Show that the sign-in still stands; a receipt itself never changes."""
        self._show_standing(visit, await claim.standing(visit))
