"""E-mail as it travels: MIME, HTML, plain text, SMTP and files."""
