"""Tables, database, migrations and queries.

Importing any module of this package registers every table with SQLModel, so that a foreign key
finds the table that it refers to.
"""

from cme_reflex.store import tables as tables
