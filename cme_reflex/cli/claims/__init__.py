"""The commands of `cme` about claims."""
