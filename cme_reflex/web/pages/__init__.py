"""The built pages, filled for a meeting and an attendee, and the files beside them."""
