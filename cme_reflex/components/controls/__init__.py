"""Controls: buttons, links, chips, fields, forms and icons."""
