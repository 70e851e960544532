"""Counts what this thread does: lines of the application, and calls of everything it calls."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any

from cme_reflex.settings import ROOT

_APPLICATION = str(ROOT / "cme_reflex")
# What waits for the answer is no work for it.
_WAITING = ("/asyncio/", "/anyio/", "/selectors.py", "/logging/", str(ROOT / "tests"))


class OperationCounter:
    """The operations of this thread while `count` was open."""

    def __init__(self) -> None:
        self.operations = 0

    @contextmanager
    def count(self) -> Iterator[None]:
        self.operations = 0
        before = sys.gettrace()
        sys.settrace(self._enter)
        try:
            yield
        finally:
            sys.settrace(before)

    def _enter(self, frame: FrameType, event: str, _argument: object) -> Any:
        file = frame.f_code.co_filename
        if any(part in file for part in _WAITING):
            return None
        self.operations += 1
        return self._step if file.startswith(_APPLICATION) else None

    def _step(self, _frame: FrameType, event: str, _argument: object) -> Any:
        if event == "line":
            self.operations += 1
        return self._step
