"""The meeting's logo, a decoration beside its name."""

import reflex as rx

from cme_reflex.components.meeting import meeting, when_fact


def logo() -> rx.Component:
    """The logo, with its space reserved before it loads; empty if the meeting has none."""
    return when_fact(
        "logo",
        rx.el.picture(
            when_fact(
                "logo_dark",
                rx.el.source(src_set=meeting.logo_dark, media="(prefers-color-scheme:dark)"),
            ),
            rx.el.img(src=meeting.logo, alt="", class_name="size-full object-contain object-left"),
            # Browsers reserve no space for an image with an empty alt text, so the size is set
            # here. Hidden on the smallest phones, where the actions need the space.
            class_name="block flex-none max-[22em]:hidden",
            custom_attrs={
                "style": rx.Var.create(
                    {
                        "height": f"{meeting.logo_height}px",
                        "width": f"min({meeting.logo_width}px, 25vw)",
                    }
                )
            },
        ),
    )
