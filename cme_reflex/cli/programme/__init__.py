"""The commands of `cme` about programmes."""
