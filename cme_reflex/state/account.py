"""State of the account page: all claims of the signed-in person."""

import reflex as rx

from cme_reflex import text
from cme_reflex.services.certificates import account
from cme_reflex.services.claims import claim
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import own_sign_ins
from cme_reflex.services.sign_in.request_context import RequestContext
from cme_reflex.state.base import ClaimPage, authenticated, immediate
from cme_reflex.state.views import account_presenter, view_models


class Account(ClaimPage, rx.State):
    """State of `/account`."""

    account: view_models.AccountView = view_models.AccountView()
    sign_ins: list[view_models.SignInView] = []

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

    @rx.event
    @immediate(label=text.account.END_SIGN_IN)
    async def end_sign_in(self, context: RequestContext, reference: str):
        """End one of the attendee's other sign-ins."""
        await own_sign_ins.end_own(context, reference, now=clock())
        await self._show(context, announcement=text.account.SIGN_IN_ENDED)

    async def _show(self, context: RequestContext, *, announcement: str = "") -> None:
        now = clock()
        claims = await account.load_account(context, now=now)
        sign_ins = await own_sign_ins.list_own(context, now=now)
        self._set(
            account=account_presenter.account_view(claims, is_complete=context.method.is_strong),
            sign_ins=account_presenter.sign_in_views(sign_ins, context.meeting.zone),
        )
        summary = await claim.load_summary(context, now=clock())
        self._show_summary(context, summary, announcement=announcement)
