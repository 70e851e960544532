"""Form data in the payload of an event.

Relies on: a page sends a form as ordered pairs under a key of Reflex, which
`reflex_base.utils.form.form_data_as_dict` converts to a dictionary; it leaves others unchanged.
"""

from reflex_base.utils.form import form_data_as_dict

__all__ = ["form_data_as_dict"]
