"""Table of sessions."""
