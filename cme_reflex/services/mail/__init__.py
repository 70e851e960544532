"""The mail queue and the worker that sends it; knows no feature."""
