"""Log of this process: one line an event on standard error, without personal data.

That holds by construction. Our messages are fixed sentences with fields; attendees are pseudonyms.
An exception is logged by type and source location, never by its message, and a library's record by
its source location alone: both could repeat what an attendee typed.
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
MESSAGE_LOGGERS = (
    APP_LOGGER,
    "uvicorn.error",
)  # the server's messages name ports and workers only
VALUE_LIMIT = 300  # characters of a message, or of a field; more could only be somebody's text
ID_BYTES = 8  # of a pseudonym: enough to distinguish 10,000 attendees and their addresses

REPEATS, REPEATS_A_SECOND = 50, 2
"""Lines of a kind that somebody without a sign-in can cause: at once, and then a second."""

_FIELDS, _OMITTED = "cme_fields", "cme_omitted"
_WHOSE = frozenset(("attendee", "client"))  # fields of lines that are all written
_KIND = ("event", "outcome", "reason")  # fields of a few fixed values
_LEVELS = {"": logging.WARNING, APP_LOGGER: logging.INFO, "uvicorn": logging.WARNING}


def log_extra(**values: object) -> dict[str, Any]:
    """Fields of a log line: ``logger.info("…", extra=log_extra(status=200))``."""
    return {_FIELDS: values}


@lru_cache(maxsize=10_000)
def pseudonym(attendee_id: int) -> str:
    """The attendee's id in the log: always the same, and not reversible without CME_SECRET."""
    return _pseudonym(f"attendee {attendee_id}")


@lru_cache(maxsize=10_000)
def client_pseudonym(address: str) -> str:
    """The client address in the log, like `pseudonym`."""
    return _pseudonym(f"client {address}")


def _pseudonym(identity: str) -> str:
    key = hashlib.sha256(settings().secret.get_secret_value().encode()).digest()
    return hashlib.blake2b(identity.encode(), key=key, digest_size=ID_BYTES).hexdigest()


class RepeatLimit(logging.Filter):
    """Limits how many lines of a kind are written that somebody without a sign-in can cause.

    Who floods the site would otherwise fill the disk, and hide what matters among his lines. The
    next line of the kind says how many were omitted. Requests, failures and what attendees do are
    all written.
    """

    def __init__(self) -> None:
        super().__init__()
        self._kinds: dict[tuple[object, ...], tuple[float, float, int]] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record is written; its `omitted` counts those before it that were not."""
        fields = getattr(record, _FIELDS, {})
        if record.levelno >= logging.ERROR or not _WHOSE.isdisjoint(fields):
            return True
        kind = (record.name, record.lineno, *(fields.get(name) for name in _KIND))
        capacity, since, omitted = self._kinds.get(kind, (REPEATS, record.created, 0))
        gained = max(record.created - since, 0) * REPEATS_A_SECOND
        capacity = min(capacity + gained, REPEATS)
        if capacity < 1:
            self._kinds[kind] = (capacity, record.created, omitted + 1)
            return False
        self._kinds[kind] = (capacity - 1, record.created, 0)
        setattr(record, _OMITTED, omitted)
        return True


def configure_logging() -> None:
    """Send every logger of this process here; handlers that libraries installed are removed."""
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(RepeatLimit())
    handler.setFormatter(_Json() if settings().log == "json" else _Text())
    logging.captureWarnings(True)
    # No line has these fields, so they need not be computed.
    logging.logThreads = logging.logProcesses = logging.logMultiprocessing = False
    for name in logging.root.manager.loggerDict:
        logger = logging.getLogger(name)
        logger.handlers.clear()
        logger.propagate = True
    logging.root.handlers[:] = [handler]
    for name, level in _LEVELS.items():
        logging.getLogger(name).setLevel(level)


def record_fields(record: logging.LogRecord) -> dict[str, object]:
    """The fields of a record's log line, by name."""
    line: dict[str, object] = {
        "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
        "level": record.levelname.lower(),
        "logger": record.name,
    }
    if record.name.startswith(MESSAGE_LOGGERS):
        line["message"] = _bounded(record.getMessage())
    else:
        line["place"] = f"{record.pathname}:{record.lineno}"
    line |= {name: _bounded(value) for name, value in getattr(record, _FIELDS, {}).items()}
    if omitted := getattr(record, _OMITTED, 0):
        line["omitted"] = omitted
    if record.exc_info and record.exc_info[1] is not None:
        line["exception"] = list(_exceptions(record.exc_info[1]))
    return line


def _bounded(value: object) -> object:
    """The value, with at most VALUE_LIMIT characters in each text."""
    if isinstance(value, list):
        return [_bounded(each) for each in value]
    if isinstance(value, str) and len(value) > VALUE_LIMIT:
        return f"{value[:VALUE_LIMIT]}…"
    return value


class _Json(logging.Formatter):
    _encode = json.JSONEncoder(default=str).encode

    def format(self, record: logging.LogRecord) -> str:
        return self._encode(record_fields(record))


class _Text(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line = record_fields(record)
        exceptions = line.pop("exception", [])
        head = [str(line.pop(name, "")) for name in ("at", "level", "logger", "message")]
        values = (f"{name}={value}" for name, value in line.items())
        parts = map(_escape_unprintable, [*filter(None, head), *values])
        indented = [
            f"  {location}"
            for exception in exceptions  # type: ignore[attr-defined]
            for places in [exception.pop("places")]
            for location in (" ".join(exception.values()), *places)
        ]
        return "\n".join([" ".join(parts), *indented])


def _escape_unprintable(text: str) -> str:
    """The text on one line: a line break in a value cannot begin another line of the log."""
    return "".join(
        letter if letter.isprintable() else letter.encode("unicode_escape").decode()
        for letter in text
    )


def _exceptions(error: BaseException | None) -> Iterator[dict[str, object]]:
    """An exception and its causes: their types and source locations, innermost last."""
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
    """The error codes of the database and the operating system: fixed words without values."""
    codes = {
        "code": getattr(error, "sqlstate", None) or getattr(error, "sqlite_errorname", None),
        "system": error.strerror if isinstance(error, OSError) else None,
    }
    return {name: str(value) for name, value in codes.items() if value}
