"""A meeting's folder: meeting.toml, sessions.csv, attendees.csv, members.csv, logos."""
