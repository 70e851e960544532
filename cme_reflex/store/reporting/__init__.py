"""Tables and queries: reporting."""
