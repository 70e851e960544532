"""Commands for attendees and members."""
