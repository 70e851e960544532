"""React's error boundary with a custom fallback.

Relies on: `ErrorBoundary` of reflex_components_core reports to the server and has the property
`fallback_render`, a JavaScript function that returns the fallback.
"""

import reflex as rx
from reflex_base.vars.function import ArgsFunctionOperation
from reflex_components_core.base.error_boundary import ErrorBoundary


def error_boundary(fallback: rx.Component) -> rx.Component:
    """The error boundary, which renders `fallback` instead of a page whose script failed."""
    boundary: rx.Component = ErrorBoundary.create(
        fallback_render=ArgsFunctionOperation.create(("_failure",), rx.Var.create(fallback))
    )
    return boundary
