"""The rules of claiming credit: pure functions over frozen values, standard library only."""
