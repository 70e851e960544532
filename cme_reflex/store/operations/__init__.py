"""Tables of the operations log and API tokens, and copying of whole tables."""
