"""ASGI middleware of the application, one class a file."""
