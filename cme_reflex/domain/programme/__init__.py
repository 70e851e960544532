"""The programme: sessions, filters and search."""
