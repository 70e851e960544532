"""The meeting's logo, a decoration beside its name."""

import reflex as rx

from cme_reflex.services.meetings import branding

HEIGHT = 28  # pixels


def logo() -> rx.Component:
    """The logo, with its space reserved before it loads; empty if the meeting has none."""
    light, dark = branding.logos()
    if light is None:
        return rx.fragment()
    dark_source = rx.fragment() if dark is None else _source(f"/{dark.file.name}")
    return rx.el.picture(
        dark_source,
        rx.el.img(
            src=f"/{light.file.name}", alt="", class_name="size-full object-contain object-left"
        ),
        # Browsers reserve no space for an image with an empty alt text, so the size is set here.
        # Hidden on the smallest phones, where the actions need the space.
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
