"""The meeting's logo, beside the name that says the same."""

import reflex as rx

from cme_reflex.services.meetings import branding

HEIGHT = 28  # pixels


def logo() -> rx.Component:
    """The picture, for which the room is left before it comes; nothing where there is none."""
    light, dark = branding.logos()
    if light is None:
        return rx.fragment()
    at_night = rx.fragment() if dark is None else _source(f"/{dark.file.name}")
    return rx.el.picture(
        at_night,
        rx.el.img(
            src=f"/{light.file.name}", alt="", class_name="size-full object-contain object-left"
        ),
        # A browser leaves no room for a picture without words that has not come; for this it does.
        # On the smallest phones what can be done needs the room.
        class_name="block flex-none max-[22em]:hidden",
        custom_attrs={
            "style": {
                "height": f"{HEIGHT}px",
                "width": f"min({round(HEIGHT * light.ratio)}px, 25vw)",
            }
        },
    )


def _source(address: str) -> rx.Component:
    return rx.el.source(src_set=address, media="(prefers-color-scheme:dark)")
