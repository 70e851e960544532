"""State of the account page: all claims of the signed-in person."""

import reflex as rx

from cme_reflex.services.certificates import account
from cme_reflex.services.claims import claim
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.base import ClaimPage, authenticated
from cme_reflex.state.views import account_presenter, view_models


class Account(ClaimPage, rx.State):
    """State of `/account`."""

    account: view_models.AccountView = view_models.AccountView()

    @rx.event
    @authenticated
    async def load(self, context: RequestContext):
        """Rebuild the page from the database."""
        await self._show(context)

    @rx.event
    @authenticated
    async def refresh(self, context: RequestContext):
        """Show changes made in other tabs or by the society."""
        await self._show(context)

    async def _show(self, context: RequestContext) -> None:
        self._set(
            account=account_presenter.account_view(await account.load_account(context, now=clock()))
        )
        self._show_summary(context, await claim.load_summary(context))
