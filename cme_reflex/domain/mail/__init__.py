"""E-mail: message content, delivery states and retries, SMTP URLs."""
