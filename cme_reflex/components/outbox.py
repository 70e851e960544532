"""The outbox around all pages: what was tapped is kept until the server has written it."""

from typing import Any

import reflex as rx

from cme_reflex.state.outbox import Outbox

LIBRARY = "$/public/around.js"


class _Hold(rx.Component):
    library = LIBRARY
    tag = "Hold"


class _Outbox(rx.Component):
    library = LIBRARY
    tag = "Outbox"

    applied: rx.Var[str]
    refused: rx.Var[bool]
    attendee: rx.Var[str]
    hydrated: rx.Var[bool]


def hold(_: bool) -> Any:
    """Between the server's answers and the pages."""
    return _Hold.create()


def outbox(_: bool) -> Any:
    """Between the pages and the server."""
    return _Outbox.create(
        applied=Outbox.applied,
        refused=Outbox.refused,
        attendee=Outbox.attendee,
        hydrated=rx.State.is_hydrated,
    )
