"""What is said by e-mail."""
