"""State of the registration choice, for a person with several registrations for this meeting."""

import reflex as rx

from cme_reflex import text
from cme_reflex.routes import SIGN_IN_FORM
from cme_reflex.services.clock import clock
from cme_reflex.services.sign_in import authentication, registrations
from cme_reflex.state.views import view_models
from cme_reflex.store.transient_errors import is_transient
from cme_reflex.web.access_policy import Audience, allow
from cme_reflex.web.cookies import CHOICE, token_in
from cme_reflex.web.middleware.socket_sign_in import MEETING_HEADER


class Registrations(rx.State):
    """State of `/registrations`: the registrations to choose from."""

    offered: list[view_models.RegistrationView] = []
    redirect_to: str = ""
    unavailable: str = ""  # "load" if the database could not be read

    @rx.event
    @allow(Audience.ANYONE)
    async def load(self):
        """Load the registrations by the choice cookie; redirect to the sign-in without one."""
        self.offered, self.redirect_to, self.unavailable = [], "", ""
        meeting = self.router.headers.raw_headers.get(MEETING_HEADER, "")
        token = token_in(self.router.headers.cookie, CHOICE)
        try:
            options = await registrations.registration_options(meeting, token, now=clock())
        except authentication.NotSignedIn:
            self.redirect_to = f"{SIGN_IN_FORM}#choice-expired"
            return
        except Exception as error:
            if not is_transient(error):
                raise
            self.unavailable = "load"
            return
        self.offered = [
            view_models.RegistrationView(
                value=str(option.attendee_id),
                kind=option.kind,
                numbers=text.registrations.NUMBERS.format(
                    badge=option.badge, confirmation=option.confirmation
                ),
            )
            for option in options
        ]
