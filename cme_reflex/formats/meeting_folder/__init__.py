"""Meeting folders: meeting.toml, sessions.csv, attendees.csv, members.csv and logos."""
