"""Check of a meeting's single sign-on with the provider itself, for `cme meeting check`."""

import asyncio

from cme_reflex.domain.meetings.meeting import SingleSignOn
from cme_reflex.formats.input_problems import InputProblem, Severity
from cme_reflex.formats.meeting_folder.keys import MEETING_TOML
from cme_reflex.services.sign_in.single_sign_on import oidc


def provider_problems(terms: SingleSignOn | None) -> list[InputProblem]:
    """A fault for an endpoint on another host, and a warning if the provider cannot be read."""
    if terms is None:
        return []
    try:
        asyncio.run(oidc.check_provider(terms))
    except oidc.EndpointNotAllowed as error:
        fault = f"The provider's {error.name} is on {error.host}, not on the issuer's host."
        remedy = "If the provider's documentation names that host, add it to endpoint_hosts."
        return [InputProblem(MEETING_TOML, None, "single_sign_on.endpoint_hosts", fault, remedy)]
    except oidc.ProviderUnavailable as error:
        fault = f"The provider cannot be used from here: {error}."
        remedy = "Check the issuer and the network of this machine."
        return [
            InputProblem(
                MEETING_TOML, None, "single_sign_on", fault, remedy, severity=Severity.WARNING
            )
        ]
    return []
