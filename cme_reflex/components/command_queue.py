"""The command queue around all pages: commands are kept until the server has carried them out."""

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
    """Between the server's answers and the pages: shows the first answers together."""
    buffer: rx.Component = _HydrationBuffer.create()
    return buffer


def command_queue(queue: Any, hydrated: Any) -> rx.Component:
    """Between the pages and the server. `queue` is the state `CommandQueue`, or one like it."""
    component: rx.Component = _CommandQueue.create(
        applied=queue.applied,
        refused=queue.refused,
        attendee=queue.attendee,
        hydrated=hydrated,
    )
    return component
