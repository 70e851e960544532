"""Tables of members and attendees."""
