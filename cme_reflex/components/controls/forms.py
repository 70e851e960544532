"""Forms that the browser posts natively; they work before any script runs."""

from typing import Any

import reflex as rx

from cme_reflex import text
from cme_reflex.components.controls.buttons import Kind, button
from cme_reflex.components.meeting import address
from cme_reflex.routes import SIGN_OUT


class PostForm(rx.el.Div):
    """A form that posts natively. `rx.el.form` would cancel the submit and send an event."""

    tag = "form"


def post_form(*children: Any, action: str, **props: Any) -> rx.Component:
    """A form that posts its fields to an HTTP route of this site."""
    attributes = {"method": "post", "action": address(action)}
    return PostForm.create(*children, custom_attrs=attributes, **props)


def sign_out_form(kind: Kind = "quiet") -> rx.Component:
    """The Save & Log Out button. Every change is saved already when it is made."""
    return post_form(
        button(text.shell.LOG_OUT, kind=kind, type="submit", class_name="-mr-3 !text-15"),
        action=SIGN_OUT,
    )
