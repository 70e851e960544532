"""Commands for meetings and their folders."""
