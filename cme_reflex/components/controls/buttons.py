"""Buttons, links, and links styled as buttons. One primary button a screen."""

from typing import Any, Literal

import reflex as rx

from cme_reflex.components.meeting import address

Kind = Literal["primary", "secondary", "quiet", "danger", "done"]


def button(
    *label: Any, kind: Kind = "primary", class_name: str = "", pending: bool = False, **props: Any
) -> rx.Component:
    """A button at least 44 px high. It submits a form only with `type="submit"`.

    With `pending`, it shows the pending state at once when tapped, until the reply arrives.
    """
    if pending:
        props["data_cme_pending"] = "true"
    props.setdefault("type", "button")
    return rx.el.button(*label, class_name=f"button button-{kind} {class_name}", **props)


def page_link(*label: Any, href: Any, **props: Any) -> rx.Component:
    """A client-side link to a page of this site. `rx.link` would load Radix Themes."""
    return rx.el.a(*label, href=href, **props)


def plain_link(*label: Any, href: Any, **props: Any) -> rx.Component:
    """A native link: to a fragment of this page, which gets the focus, or with a full load.

    A path such as ``/account`` leads to the meeting; a var is an address as it is.

    `rx.el.a` would pass every address of this site to React Router.
    """
    is_path = isinstance(href, str) and href.startswith("/")
    target = address(href) if is_path else href
    attributes = {**props.pop("custom_attrs", {}), "href": target}
    return _Anchor.create(*label, custom_attrs=attributes, **props)


class _Anchor(rx.el.Div):
    tag = "a"


def button_link(
    *label: Any, href: Any, kind: Kind = "primary", class_name: str = "", **props: Any
) -> rx.Component:
    """A client-side link to a page of this site, styled as a button."""
    return page_link(*label, href=href, class_name=f"button button-{kind} {class_name}", **props)
