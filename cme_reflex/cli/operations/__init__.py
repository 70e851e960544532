"""Commands for operations: database, backups, tokens, build and server."""
