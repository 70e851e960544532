"""The commands of `cme` for operations: database, backups, tokens, build and server."""
