"""Reading and writing of files; independent of the store."""
