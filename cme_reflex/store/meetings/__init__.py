"""Tables of meetings and their images."""
