"""Commands for e-mail."""
