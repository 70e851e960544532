"""E-mail: MIME messages, HTML and text templates, SMTP and .eml files."""
