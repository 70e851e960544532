"""React components of the command queue, which stores commands until the server processed them."""

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.reflex_bridge.javascript import MODULE, QUEUE_NOTICES


class _HydrationBuffer(rx.Component):
    library = MODULE
    tag = "HydrationBuffer"


class _CommandQueue(rx.Component):
    library = MODULE
    tag = "CommandQueue"

    reply: rx.Var[Any]
    attendee: rx.Var[str]
    version: rx.Var[int]
    hydrated: rx.Var[bool]
    commands: rx.Var[dict[str, Any]]
    words: rx.Var[dict[str, str]]


class _QueueNotices(rx.Component):
    library = QUEUE_NOTICES
    tag = "QueueNotices"

    texts: rx.Var[dict[str, Any]]


def hydration_buffer() -> rx.Component:
    """Wrapper around the pages that applies the server's first replies together."""
    buffer: rx.Component = _HydrationBuffer.create()
    return buffer


def command_queue(queue: Any, hydrated: Any, commands: Mapping[str, Any]) -> rx.Component:
    """Wrapper that queues the pages' commands. `queue` has the variables of `CommandQueue`.

    `commands` are the declarations (`state.base.Command`) by the name of their event.
    """
    component: rx.Component = _CommandQueue.create(
        reply=queue.reply,
        attendee=queue.attendee,
        version=queue.meeting_version,
        hydrated=hydrated,
        commands={name: asdict(command) for name, command in commands.items()},
        words={
            "yes": text.queue.YES,
            "no": text.queue.NO,
            "none": text.queue.NONE,
            "removed": text.queue.REMOVED,
        },
    )
    return component


def queue_notices() -> rx.Component:
    """The changes that wait without a reply, those that were refused, and an action not done."""
    component: rx.Component = _QueueNotices.create(
        texts={
            "waiting": asdict(text.queue.WAITING),
            "refused": asdict(text.queue.REFUSED),
            "dismiss": text.queue.DISMISS,
            # By the notices of assets/immediate_actions.js.
            "waits": text.queue.WAITS,
            "unsaved": text.queue.UNSAVED,
            "offline": text.queue.NO_CONNECTION,
            "ready": text.queue.READY,
            "unanswered": text.queue.UNANSWERED,
            "failed": text.queue.NOT_POSSIBLE,
            "left": text.queue.LEFT,
            "asks": asdict(text.queue.LOG_OUT_UNSAVED),
            "later": text.queue.LOG_OUT_LATER,
            "discard": text.queue.LOG_OUT_DISCARD,
            "stay": text.queue.STAY,
        }
    )
    return component
