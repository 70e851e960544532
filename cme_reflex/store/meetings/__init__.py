"""Tables and queries: meetings."""
