"""The log of this process: one line a happening on standard error, and nothing personal in it.

That holds by construction. What we say is a fixed sentence with fields of our own; attendees are
opaque ids. Of an exception the types and places are written, never its message, and of a library's
record its place alone: both may repeat what an attendee typed.
"""

import hashlib
import json
import logging
import sys
import traceback
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any

from cme_reflex.settings import settings

APP_LOGGER = "cme_reflex"
MESSAGE_LOGGERS = (APP_LOGGER, "_granian", "granian")  # the server speaks of ports and workers
ID_BYTES = 8  # of an opaque id: enough to tell 10,000 attendees apart

_FIELDS = "cme_fields"
_LEVELS = {"": logging.WARNING, APP_LOGGER: logging.INFO, "_granian": logging.WARNING}


def log_extra(**values: object) -> dict[str, Any]:
    """What a line tells beside its sentence: ``logger.info("…", extra=fields(status=200))``."""
    return {_FIELDS: values}


@lru_cache(maxsize=10_000)
def pseudonym(attendee_id: int) -> str:
    """An id for an attendee in the log: the same each time, and nobody's without CME_SECRET."""
    key = hashlib.sha256(settings().secret.get_secret_value().encode()).digest()
    return hashlib.blake2b(
        f"attendee {attendee_id}".encode(), key=key, digest_size=ID_BYTES
    ).hexdigest()


def configure_logging() -> None:
    """Let every logger of this process write here, whatever handlers libraries gave theirs."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(_Json() if settings().log == "json" else _Text())
    logging.captureWarnings(True)
    # A line tells nothing of these, so nobody need find them out.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    for name in logging.root.manager.loggerDict:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.root.handlers[:] = [handler]
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)


def record_fields(record: logging.LogRecord) -> dict[str, object]:
    """What a line says of a record, by field."""
    line: dict[str, object] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
    }
    if record.name.startswith(MESSAGE_LOGGERS):
        line["message"] = record.getMessage()
    else:
        line["place"] = f"{record.pathname}:{record.lineno}"
    line |= getattr(record, _FIELDS, {})
    if record.exc_info and record.exc_info[1] is not None:
        line["exception"] = list(_exceptions(record.exc_info[1]))
    return line


class _Json(logging.Formatter):
    _encode = json.JSONEncoder(default=str).encode

    def format(self, record: logging.LogRecord) -> str:
        return self._encode(record_fields(record))


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = record_fields(record)
        exceptions = line.pop("exception", [])
        told_first = [str(line.pop(name, "")) for name in ("at", "level", "logger", "message")]
        words = [*filter(None, told_first), *(f"{name}={value}" for name, value in line.items())]
        below = [
            f"  {part}"
            for exception in exceptions  # type: ignore[attr-defined]
            for places in [exception.pop("places")]
            for part in (" ".join(exception.values()), *places)
        ]
        return "\n".join([" ".join(words), *below])


def _exceptions(error: BaseException | None) -> Iterator[dict[str, object]]:
    """An exception and what it came from: their types, and the places, innermost last."""
    while error is not None:
        kind = type(error)
        frames = traceback.extract_tb(error.__traceback__)
        yield {
            "type": f"{kind.__module__}.{kind.__qualname__}",
            "places": [f"{frame.filename}:{frame.lineno} {frame.name}" for frame in frames],
            **_code(error),
        }
        error = error.__cause__ or (None if error.__suppress_context__ else error.__context__)


def _code(error: BaseException) -> dict[str, str]:
    """What the system or a database calls the error: a word of a closed list, no values."""
    said = {
        "code": getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None),
        "system": error.strerror if isinstance(error, OSError) else None,
    }
    return {name: str(value) for name, value in said.items() if value}
