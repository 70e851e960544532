"""Validation of the events that arrive over the socket."""
