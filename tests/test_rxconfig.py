import os
import subprocess
import sys

import pytest

CHOSEN = """
from reflex.istate.manager import StateManager
print(type(StateManager.create()).__name__)
"""


@pytest.mark.parametrize(
    ("redis", "manager"),
    [("", "StateManagerMemory"), ("redis://127.0.0.1:6399", "StateManagerRedis")],
)
def test_what_attendees_type_stands_in_no_file(redis: str, manager: str) -> None:
    environment = {name: value for name, value in os.environ.items() if "REDIS" not in name}
    given = {"REFLEX_REDIS_URL": redis} if redis else {}
    made = subprocess.run(
        [sys.executable, "-c", CHOSEN],
        env={**environment, **given},
        capture_output=True,
        text=True,
        check=True,
    )
    assert made.stdout.split() == [manager]
