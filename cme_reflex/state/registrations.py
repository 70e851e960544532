"""Which registration: somebody is known, and has several for this meeting."""

import reflex as rx

from cme_reflex import text
from cme_reflex.routes import SIGN_IN_FORM
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import authentication
from cme_reflex.settings import settings
from cme_reflex.state.views import view_models
from cme_reflex.web.access_policy import Audience, allow
from cme_reflex.web.cookies import CHOICE, token_in


class Registrations(rx.State):
    """What `/registrations` shows: the registrations that this browser may choose from."""

    offered: list[view_models.RegistrationView] = []
    redirect_to: str = ""

    @rx.event
    @allow(Audience.ANYONE)
    async def load(self):
        """Show what the cookie of this very event stands for; without one the page is left."""
        self.offered, self.redirect_to = [], ""
        token = token_in(self.router.headers.cookie, CHOICE)
        try:
            offered = await authentication.registration_options(
                settings().meeting, token, now=clock()
            )
        except authentication.NotSignedIn:
            self.redirect_to = f"{SIGN_IN_FORM}#choice-expired"
            return
        self.offered = [
            view_models.RegistrationView(
                value=str(one.attendee_id),
                kind=one.kind,
                numbers=text.registrations.NUMBERS.format(
                    badge=one.badge, confirmation=one.confirmation
                ),
            )
            for one in offered
        ]
