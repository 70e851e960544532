"""Tables and queries: claims."""
