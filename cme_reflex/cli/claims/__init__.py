"""Commands for claims."""
