"""The data of a form in the payload of an event.

Relies on: a page sends a form as ordered pairs under a key of Reflex's own, which
`reflex_base.utils.form.form_data_as_dict` turns into a dictionary and which leaves others alone.
"""

from reflex_base.utils.form import form_data_as_dict

__all__ = ["form_data_as_dict"]
