"""What the page tells assets/cme.js, and what that module does on the page's behalf."""

from typing import Any

import reflex as rx

COMMAND: rx.Var[str] = rx.Var(
    "(crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`)", _var_type=str
)
"""An id of its own for each tap; the last argument of a handler that changes the claim."""


def browser(page: Any, *, refresh: Any, address: bool = False) -> rx.Component:
    """The invisible ends of a page's state: refresh on return, leaving, and its address.

    `page` is the state class, a `ClaimPage`, and `refresh` its handler for when somebody comes
    back to the page. With `address` its variable of that name is written into the address as
    the query, without loading anything.
    """
    # Before on_load has run for this page, the state's address is that of another visit.
    loaded_for = rx.cond(rx.State.is_hydrated, rx.State.router.url.path, "")
    written = {"data-cme-address": page.address, "data-cme-ready": loaded_for} if address else {}
    return rx.el.div(
        rx.el.button(
            type="button",
            tab_index=-1,
            on_click=refresh,
            custom_attrs={"data-cme-refresh": ""},
        ),
        hidden=True,
        custom_attrs={"data-cme-leave": page.leave, **written},
    )


def asks(name: str, value: Any = None) -> dict[str, Any]:
    """What a field is called in the address, for what is put into it before anybody listens.

    A radio button also says its value there.
    """
    said = {} if value is None else {"value": value}
    return {"custom_attrs": {"data-cme-asks": name, **said}}


def owned(props: dict[str, Any]) -> dict[str, Any]:
    """The properties of a field whose content belongs to the browser.

    A `value` or `checked` becomes the field's first content and, in an attribute, the state's
    opinion of it: assets/cme.js puts it there when it changes. React's own controlled fields
    would take every letter and every choice back until the server has answered.
    """
    attributes = dict(props.pop("custom_attrs", {}))
    if "value" in props:
        props["default_value"] = attributes["data-cme-value"] = props.pop("value")
    if "checked" in props:
        checked = rx.Var.create(props.pop("checked"))
        props["default_checked"] = checked
        attributes["data-cme-checked"] = rx.cond(checked, "true", "false")
    return {**props, "custom_attrs": attributes}
