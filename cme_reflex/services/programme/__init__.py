"""Cache of programmes."""
