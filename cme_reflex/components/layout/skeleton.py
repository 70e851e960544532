"""What stands where content will be. It shows only where the answer takes over 300 ms."""

import reflex as rx


def skeleton_rows(count: int = 6) -> rx.Component:
    """Rows as high as those of the list of sessions."""
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
    """Lines of text that are still to come."""
    return rx.el.div(
        *(rx.el.div(class_name="skeleton h-4 last:w-3/5") for _ in range(count)),
        aria_hidden="true",
        class_name="grid gap-3",
    )
