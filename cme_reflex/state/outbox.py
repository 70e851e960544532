"""What the browser's outbox has to know: whose commands it keeps, and which one was answered."""

import reflex as rx


class Outbox(rx.State):
    """The ends of `assets/outbox.js` on the server.

    `attendee` is an opaque id: what was tapped by one is never sent for another.
    `applied` is the id of the last command that was carried out, or `refused` in words: then
    the page says why, and not that anything was saved.
    """

    attendee: str = ""
    applied: str = ""
    refused: bool = False
