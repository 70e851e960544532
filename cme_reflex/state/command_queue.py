"""What the browser's command queue needs of the server: its owner and the last answer."""

import reflex as rx


class CommandQueue(rx.State):
    """The server's end of assets/command_queue.js.

    `attendee` is an opaque id: a command of one attendee is never sent for another.
    `applied` is the id of the last command that was carried out, or `refused` in words: then
    the page says why, and not that anything was saved.
    """

    attendee: str = ""
    applied: str = ""
    refused: bool = False
