"""The commands of `cme` about attendees and members."""
