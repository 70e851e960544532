"""HTTP beside the socket: sign-in, the guard before the pages, health."""
