"""Files in, files out. Knows the domain, not the store."""
