"""Programmes as other systems publish them, read into one form and written as sessions.csv."""
