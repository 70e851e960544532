"""Messages: notices, errors, and text with interpolated components."""
