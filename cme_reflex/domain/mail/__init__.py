"""Messages by e-mail: what they consist of, and how their delivery is retried."""
