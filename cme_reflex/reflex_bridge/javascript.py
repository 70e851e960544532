"""JavaScript half of this package, assets/reflex_bridge.js.

Relies on: the build resolves `$/public/` to the assets, and the module's own imports as its first
comment says.
"""

MODULE = "$/public/reflex_bridge.js"
"""The `library` of components that are implemented in assets/reflex_bridge.js."""

QUEUE_NOTICES = "$/public/queue_notices.js"
"""The `library` of the component that is implemented in assets/queue_notices.js."""

MEETING = "$/public/meeting.js"
"""The `library` of what is implemented in assets/meeting.js."""

FIRST_SCREEN = "$/public/first_screen.js"
"""The `library` of the component that is implemented in assets/first_screen.js."""
