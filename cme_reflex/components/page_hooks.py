"""Data attributes that assets/page_hooks/ reads, and the elements that carry them."""

from typing import Any

import reflex as rx

COMMAND: rx.Var[str] = rx.Var(
    "(crypto.randomUUID?.() ?? `${Date.now()}-${Math.random()}`)", _var_type=str
)
"""A unique id for each tap: the last argument of every handler that changes the claim."""


def page_hooks(state: Any, *, address: bool = False) -> rx.Component:
    """Hidden elements of a claim's page: those of `load_hooks`, refresh, and the address's query.

    `state` is a `ClaimPage`; its `refresh` is for a return to the tab. With `address`, its variable
    of that name becomes the query in the address bar, without a page load.
    """
    # Until on_load has run for this page, the state has the address of the previous one.
    is_loaded = rx.State.is_hydrated & state.ready & (state.unavailable == "")
    loaded_for = rx.cond(is_loaded, rx.State.router.url.path, "")
    query = {"data-cme-query": state.address, "data-cme-loaded-path": loaded_for} if address else {}
    return load_hooks(state, _hidden_button("data-cme-refresh", state.refresh), **query)


def load_hooks(state: Any, *buttons: rx.Component, **attributes: Any) -> rx.Component:
    """Hidden elements of a page that loads, or redirects instead; it loads again if it could not.

    `state` has `load`, `redirect_to` and `unavailable`.
    """
    return rx.el.div(
        *buttons,
        _hidden_button("data-cme-load", state.load),
        hidden=True,
        custom_attrs={
            "data-cme-redirect": state.redirect_to,
            "data-cme-unavailable": state.unavailable,
            **attributes,
        },
    )


def _hidden_button(attribute: str, on_click: Any) -> rx.Component:
    """A button that only the browser's modules click."""
    return rx.el.button(
        type="button", tab_index=-1, on_click=on_click, custom_attrs={attribute: ""}
    )


def query_field(name: str, value: Any = None) -> dict[str, Any]:
    """Props of a field that is a parameter of the address's query.

    Input before hydration is written to the query. A radio button also passes its value.
    """
    attributes = {} if value is None else {"value": value}
    return {"custom_attrs": {"data-cme-query-field": name, "data-cme-resend": "", **attributes}}


RESEND = {"custom_attrs": {"data-cme-resend": ""}}
"""Props of a field whose input is not a command: it is sent again until the state has its value."""


def uncontrolled(props: dict[str, Any]) -> dict[str, Any]:
    """Props of an uncontrolled field, whose content belongs to the browser.

    A `value` or `checked` becomes the initial content and a data attribute with the state's value;
    assets/page_hooks/fields.js writes that value into the field whenever it changes. A controlled
    field would revert every keystroke and choice until the server's reply.
    """
    attributes = dict(props.pop("custom_attrs", {}))
    if "value" in props:
        props["default_value"] = attributes["data-cme-value"] = props.pop("value")
    if "checked" in props:
        checked = rx.Var.create(props.pop("checked"))
        props["default_checked"] = checked
        attributes["data-cme-checked"] = rx.cond(checked, "true", "false")
    return {**props, "custom_attrs": attributes}
