"""Skeletons: placeholders of content, visible only if it takes over 300 ms to load."""

import reflex as rx


def skeleton_rows(count: int = 6) -> rx.Component:
    """Placeholders as high as the rows of the session list."""
    return rx.el.div(
        *(
            rx.el.div(
                rx.el.div(
                    rx.el.div(class_name="skeleton h-4 w-4/5"),
                    rx.el.div(class_name="skeleton h-3.5 w-2/5"),
                    class_name="grid gap-2",
                ),
                rx.el.div(class_name="skeleton h-11 w-20 !rounded-full"),
                class_name="session-row",
            )
            for _ in range(count)
        ),
        aria_hidden="true",
    )


def skeleton_lines(count: int = 3) -> rx.Component:
    """Placeholders of lines of text."""
    return rx.el.div(
        *(rx.el.div(class_name="skeleton h-4 last:w-3/5") for _ in range(count)),
        aria_hidden="true",
        class_name="grid gap-3",
    )
