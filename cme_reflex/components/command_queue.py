"""React components of the command queue, which stores commands until the server processed them."""

from typing import Any

import reflex as rx

from cme_reflex.reflex_bridge.javascript import MODULE


class _HydrationBuffer(rx.Component):
    library = MODULE
    tag = "HydrationBuffer"


class _CommandQueue(rx.Component):
    library = MODULE
    tag = "CommandQueue"

    applied: rx.Var[str]
    refused: rx.Var[bool]
    attendee: rx.Var[str]
    hydrated: rx.Var[bool]


def hydration_buffer() -> rx.Component:
    """Wrapper around the pages that applies the server's first replies together."""
    buffer: rx.Component = _HydrationBuffer.create()
    return buffer


def command_queue(queue: Any, hydrated: Any) -> rx.Component:
    """Wrapper that queues the pages' commands. `queue` has the variables of `CommandQueue`."""
    component: rx.Component = _CommandQueue.create(
        applied=queue.applied,
        refused=queue.refused,
        attendee=queue.attendee,
        hydrated=hydrated,
    )
    return component
