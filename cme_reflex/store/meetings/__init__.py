"""Table of meetings."""
