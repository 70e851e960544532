"""ASGI middleware of the application, one class a file.

`__call__` is no coroutine function: for a scope that a middleware does not concern, such as a
websocket's, it returns the application's own awaitable, and is not on the path of its messages.
"""
