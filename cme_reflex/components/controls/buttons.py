"""Buttons and links that look like buttons. One primary on a screen."""

from typing import Any, Literal

import reflex as rx

Kind = Literal["primary", "secondary", "quiet", "danger", "done"]


def button(
    *label: Any, kind: Kind = "primary", class_name: str = "", pending: bool = False, **props: Any
) -> rx.Component:
    """A button of 44 px. It does not submit a form unless `type="submit"` says so.

    With `pending` it is marked within the frame of the tap, until the answer changes it.
    """
    if pending:
        props["data_cme_pending"] = "true"
    props.setdefault("type", "button")
    return rx.el.button(*label, class_name=f"button button-{kind} {class_name}", **props)


def page_link(*label: Any, href: Any, **props: Any) -> rx.Component:
    """A link to a page of ours, without a reload. `rx.link` would bring Radix Themes."""
    return rx.el.a(*label, href=href, **props)


def plain_link(*label: Any, href: Any, **props: Any) -> rx.Component:
    """A link that the browser itself follows: to a place on this page, or with a full load.

    It takes the focus along. `rx.el.a` hands every address of this site to React Router.
    """
    attributes = {**props.pop("custom_attrs", {}), "href": href}
    return _Anchor.create(*label, custom_attrs=attributes, **props)


class _Anchor(rx.el.Div):
    tag = "a"


def button_link(
    *label: Any, href: Any, kind: Kind = "primary", class_name: str = "", **props: Any
) -> rx.Component:
    """A link to a page of ours that looks like a button."""
    return page_link(*label, href=href, class_name=f"button button-{kind} {class_name}", **props)
