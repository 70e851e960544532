"""State of the browser's command queue: its owner, and the result of the last command."""

import reflex as rx


class CommandQueue(rx.State):
    """Server side of assets/command_queue.js.

    `attendee` is the attendee's id; the queue sends a command only for the attendee who made it.
    `applied` is the id of the last command that was processed. If `refused` is set, the command
    was rejected, and the page shows the reason instead of "Saved".
    """

    attendee: str = ""
    applied: str = ""
    refused: bool = False
