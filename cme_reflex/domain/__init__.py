"""The rules of claiming credit: pure functions over frozen values, in the standard library."""
