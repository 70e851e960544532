"""Valid payloads of all attendees' events, and all routes of the application."""

from typing import Any

from starlette.applications import Starlette
from starlette.routing import BaseRoute, Route

from cme_reflex.web.access_policy import audience_of
from tests.support.app_client import application


def served_routes() -> list[BaseRoute]:
    """All routes of the application, including Reflex's own."""
    app, _ = application()
    ours = [each for each in app.api_transformer if isinstance(each, Starlette)]
    return [*app._api.routes, *(route for each in ours for route in each.routes)]


def own_routes() -> list[Route]:
    """The HTTP routes of the application that declare an audience: all but Reflex's own."""
    return [
        route
        for route in served_routes()
        if isinstance(route, Route) and audience_of(route.endpoint)
    ]


Payload = dict[str, Any]

# Valid payloads, so that a call can only fail for its sender or its time. `valid` replaces the
# session id 0 by a session of the two claims.
VALID_PAYLOADS: dict[str, Payload] = {
    "account.end_sign_in": {"reference": "0" * 16},
    "account.load": {},
    "account.refresh": {},
    "evaluation.load": {},
    "evaluation.refresh": {},
    "evaluation.answer": {"session_id": 0, "question": "objectives", "value": 3},
    "evaluation.choose": {
        "session_id": 0,
        "question": "objectives",
        "option": "A",
        "chosen": True,
    },
    "home.load": {},
    "home.refresh": {},
    "home.remove": {"session_id": 0},
    "home.undo": {"session_id": 0},
    "home.set_minutes": {"session_id": 0, "minutes": "15"},
    "home.set_amount": {"session_id": 0, "code": "safety", "amount": "0.00"},
    "home.set_on_demand": {"session_id": 0, "on_demand": True},
    "home.reopen": {},
    "receipt.load": {},
    "receipt.refresh": {},
    "reporting.load": {},
    "reporting.refresh": {},
    "reporting.consent": {"consented": True},
    "reporting.opt_in": {"form": {"first_name": "Kim"}},
    "reporting.typed": {"name": "first_name", "value": "Kim"},
    "reporting.withdraw": {},
    "sessions.load": {},
    "sessions.search": {"query": "x"},
    "sessions.filter_day": {"day": "2024-09-26"},
    "sessions.filter_kind": {"kind": "panel"},
    "sessions.filter_credit": {"credit": "safety"},
    "sessions.show_only": {"showing": "added"},
    "sessions.sort_by": {"sort": "title"},
    "sessions.clear_filters": {},
    "sessions.scroll_to": {"row": "3"},
    "sessions.add": {"session_id": 0},
    "sessions.undo": {"session_id": 0},
    "evaluation.add": {"session_id": 0},
    "sessions.remove": {"session_id": 0},
    "sessions.refresh": {},
    "submit.load": {},
    "submit.refresh": {},
    "submit.answer": {"question": "bias", "value": False},
    "submit.choose": {"question": "change", "option": "A", "chosen": True},
    "submit.choose_total": {"code": "category1", "amount": "0.25"},
    "submit.choose_all": {"code": "category1"},
    "submit.correct_name": {"name": "Somebody Else"},
    "submit.correct_profession": {"profession": "other"},
    "submit.attest": {"attested": True, "shown": "", "refusals": 0},
    "submit.submit": {"shown": "", "refusals": 0},
}


REPORTING_EVENTS = {"reporting.opt_in", "reporting.withdraw"}  # not locked by submission
