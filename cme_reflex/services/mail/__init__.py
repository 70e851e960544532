"""Mail queue and the worker that sends it; independent of features."""
