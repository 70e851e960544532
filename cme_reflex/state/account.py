"""The account: all claims of the person who is signed in."""

import reflex as rx

from cme_reflex.services import account, claim
from cme_reflex.services.clock import clock
from cme_reflex.services.visit import Visit
from cme_reflex.state import shown_account, views
from cme_reflex.state.base import ClaimPage, authenticated


class Account(ClaimPage, rx.State):
    """What `/account` shows."""

    account: views.AccountView = views.AccountView()

    @rx.event
    @authenticated
    async def load(self, visit: Visit):
        """Rebuild the page from the database."""
        await self._show(visit)

    @rx.event
    @authenticated
    async def refresh(self, visit: Visit):
        """Take in what other screens, and the society, changed."""
        await self._show(visit)

    async def _show(self, visit: Visit) -> None:
        self._set(account=shown_account.account_view(await account.own(visit, now=clock())))
        self._show_standing(visit, await claim.standing(visit))
