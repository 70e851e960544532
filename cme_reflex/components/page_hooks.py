"""The data attributes by which a page tells assets/page_hooks/ what to do on its behalf."""

from typing import Any

import reflex as rx

COMMAND: rx.Var[str] = rx.Var(
    "(crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`)", _var_type=str
)
"""An id of its own for each tap; the last argument of a handler that changes the claim."""


def page_hooks(page: Any, *, refresh: Any, address: bool = False) -> rx.Component:
    """Invisible elements of a page: refresh on return, redirect, and its address.

    `page` is the state class, a `ClaimPage`, and `refresh` its handler for when somebody comes
    back to the page. With `address` its variable of that name is written into the address as
    the query, without loading anything.
    """
    # Before on_load has run for this page, the state's address is that of another visit.
    loaded_for = rx.cond(rx.State.is_hydrated, rx.State.router.url.path, "")
    query = {"data-cme-query": page.address, "data-cme-loaded-path": loaded_for} if address else {}
    return rx.el.div(
        rx.el.button(
            type="button",
            tab_index=-1,
            on_click=refresh,
            custom_attrs={"data-cme-refresh": ""},
        ),
        hidden=True,
        custom_attrs={"data-cme-redirect": page.redirect_to, **query},
    )


def query_field(name: str, value: Any = None) -> dict[str, Any]:
    """Properties of a field: its name in the query of the address.

    What is put into it before the page is hydrated goes there. A radio button also gives its value.
    """
    attributes = {} if value is None else {"value": value}
    return {"custom_attrs": {"data-cme-query-field": name, **attributes}}


def uncontrolled(props: dict[str, Any]) -> dict[str, Any]:
    """Properties of an uncontrolled field, whose content belongs to the browser.

    A `value` or `checked` becomes the field's first content and an attribute with the state's
    value, which assets/page_hooks/fields.js puts into the field when it changes. React's own
    controlled fields would take every letter and every choice back until the server has answered.
    """
    attributes = dict(props.pop("custom_attrs", {}))
    if "value" in props:
        props["default_value"] = attributes["data-cme-value"] = props.pop("value")
    if "checked" in props:
        checked = rx.Var.create(props.pop("checked"))
        props["default_checked"] = checked
        attributes["data-cme-checked"] = rx.cond(checked, "true", "false")
    return {**props, "custom_attrs": attributes}
