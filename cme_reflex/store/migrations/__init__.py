"""The database's history; Alembic reads this folder."""
