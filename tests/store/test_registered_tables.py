"""Every table is registered, whichever module of the store a process imports."""

import subprocess
import sys

from cme_reflex.settings import ROOT

REGISTERED = """
from cme_reflex.services.operations import backup
from sqlmodel import SQLModel
for table in SQLModel.metadata.sorted_tables:
    [key.column for key in table.foreign_keys]
print(len(SQLModel.metadata.tables))
"""


def test_a_process_that_imports_one_service_has_every_table() -> None:
    from sqlmodel import SQLModel

    from cme_reflex.store import tables

    assert tables.__all__
    done = subprocess.run(
        [sys.executable, "-c", REGISTERED], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert (done.stderr, int(done.stdout)) == ("", len(SQLModel.metadata.tables))
