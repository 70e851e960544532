"""Database: tables, queries, migrations, and the two functions `read` and `write`."""
