"""The `cme` command."""
