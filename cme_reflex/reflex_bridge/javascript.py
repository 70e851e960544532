"""JavaScript half of this package, assets/reflex_bridge.js.

Relies on: the build resolves `$/public/` to the assets, and the module's own imports as its first
comment says.
"""

MODULE = "$/public/reflex_bridge.js"
"""The `library` of components that are implemented in assets/reflex_bridge.js."""
