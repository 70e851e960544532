"""Commands for programmes."""
