"""The log: one line an event, without anything that a user typed."""

import io
import json
import logging
import subprocess
import sys

import pytest

from cme_reflex.settings import ROOT
from cme_reflex.web import logs
from tests.support.environment import override_settings

SECRET = "Xylophantes"


@pytest.fixture
def formatter(request: pytest.FixtureRequest) -> logging.Formatter:
    return logs._Text() if request.param == "text" else logs._Json()


def format_record(
    formatter: logging.Formatter, name: str, message: str, *args: object, **more: object
) -> str:
    """The output of a logger with this name."""
    output = io.StringIO()
    handler = logging.StreamHandler(output)
    handler.setFormatter(formatter)
    logger = logging.Logger(name)
    logger.addHandler(handler)
    logger.error(message, *args, **more)  # type: ignore[arg-type]
    return output.getvalue()


def failure() -> Exception:
    """An exception with personal data in its message and in those of its causes."""
    try:
        try:
            try:
                raise OSError(28, "No space left on device", f"/home/{SECRET}")
            except OSError as error:
                raise KeyError(SECRET) from error
        except KeyError:
            raise ValueError(f"{SECRET} is not a number") from None
    except ValueError as error:
        error.__suppress_context__ = False
        return error


def test_a_line_is_one_json_document_with_its_fields() -> None:
    line = json.loads(
        format_record(
            logs._Json(),
            "cme_reflex.state",
            "event handled",
            extra=logs.log_extra(event="home.load"),
        )
    )
    assert line.pop("at").endswith("+00:00")
    assert line == {
        "level": "error",
        "logger": "cme_reflex.state",
        "message": "event handled",
        "event": "home.load",
    }


def test_the_text_format_is_one_readable_line() -> None:
    line = format_record(
        logs._Text(), "cme_reflex.x", "event handled", extra=logs.log_extra(ms=3.5)
    )
    assert line.partition(" ")[2] == "error cme_reflex.x event handled ms=3.5\n"


@pytest.mark.parametrize("formatter", ["json", "text"], indirect=True)
def test_no_value_begins_another_line(formatter: logging.Formatter) -> None:
    forged = "x\n2026-01-01 error cme_reflex.x forged\u2028\x1b[2K\r"
    line = format_record(
        formatter, "cme_reflex.x", "rejected: %s", forged, extra=logs.log_extra(reason=forged)
    )
    assert line.count("forged") == 2
    assert line.endswith("\n")
    assert line[:-1].isprintable()


@pytest.mark.parametrize("formatter", ["json", "text"], indirect=True)
def test_no_value_is_longer_than_a_line_needs(formatter: logging.Formatter) -> None:
    fields = logs.log_extra(reason="r" * 10_000, places=["p" * 10_000])
    line = format_record(formatter, "cme_reflex.x", "rejected: %s", "m" * 10_000, extra=fields)
    assert 3 * logs.VALUE_LIMIT < len(line) < 4 * logs.VALUE_LIMIT


@pytest.mark.parametrize("formatter", ["json", "text"], indirect=True)
def test_an_exception_is_logged_by_type_and_location_never_by_message(
    formatter: logging.Formatter,
) -> None:
    text = format_record(formatter, "cme_reflex.x", "event handler failed", exc_info=failure())
    assert SECRET not in text
    for part in ("builtins.ValueError", "builtins.KeyError", "builtins.OSError", "No space left",
                 "test_logs.py", "failure"):  # fmt: skip
        assert part in text


@pytest.mark.parametrize("formatter", ["json", "text"], indirect=True)
@pytest.mark.parametrize("name", ["reflex.app", "engineio.server", "asyncio", "sqlalchemy.pool"])
def test_a_librarys_record_is_logged_by_location_alone(
    formatter: logging.Formatter, name: str
) -> None:
    text = format_record(formatter, name, f"Event data: {SECRET} %s", SECRET)
    assert SECRET not in text
    assert "test_logs.py" in text


def test_a_database_error_is_logged_with_its_code() -> None:
    class DuplicateKey(Exception):
        sqlstate = "23505"

    text = format_record(logs._Json(), "cme_reflex.x", "…", exc_info=DuplicateKey(SECRET))
    assert json.loads(text)["exception"][0]["code"] == "23505"
    assert SECRET not in text


def test_a_pseudonym_is_stable_and_depends_on_the_secret() -> None:
    ids = []
    for secret in ("one", "one", "two"):
        with override_settings(CME_SECRET=secret):
            _forget_pseudonyms()
            ids.append([logs.pseudonym(1), logs.pseudonym(2), logs.client_pseudonym("1")])
    _forget_pseudonyms()
    assert ids[0] == ids[1]
    assert len({*ids[0], *ids[2]}) == 6
    assert all(len(each) == 16 for each in ids[0])


def _forget_pseudonyms() -> None:
    logs.pseudonym.cache_clear()
    logs.client_pseudonym.cache_clear()


CHATTER = f"""
import logging, sys, warnings
import engineio, reflex
from cme_reflex.web import logs
engineio.Server()
logging.getLogger("engineio.server").addHandler(logging.StreamHandler())
logs.configure_logging()
logging.getLogger("engineio.server").error("{SECRET}")
logging.getLogger("reflex.app").warning("{SECRET}")
logging.getLogger("uvicorn.error").info("not asked for")
logging.getLogger("uvicorn.error").error("Worker died")
logging.getLogger("cme_reflex.x").info("event handled")
warnings.warn("{SECRET}")
"""


def test_configured_every_logger_writes_lines_to_standard_error() -> None:
    result = subprocess.run(
        [sys.executable, "-c", CHATTER], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert result.stdout == ""
    lines = [json.loads(line) for line in result.stderr.splitlines()]
    assert [(line["logger"], line.get("message")) for line in lines] == [
        ("engineio.server", None),
        ("reflex.app", None),
        ("uvicorn.error", "Worker died"),
        ("cme_reflex.x", "event handled"),
        ("py.warnings", None),
    ]
    assert SECRET not in result.stderr


class TestLinesOfStrangers:
    """Who is not signed in causes lines without end; of a kind only so many are written."""

    @staticmethod
    def lines(
        name: str,
        message: str,
        seconds: list[float],
        level: int = logging.WARNING,
        **fields: object,
    ) -> list[dict[str, object]]:
        """What is written of records of this kind, made at these seconds."""
        limit, written = logs.RepeatLimit(), []
        for second in seconds:
            record = logging.LogRecord(name, level, __file__, 1, message, (), None)
            record.created = second
            vars(record).update(logs.log_extra(**fields))
            if limit.filter(record):
                written.append(logs.record_fields(record))
        return written

    def test_a_flood_is_cut_and_its_rest_counted(self) -> None:
        flood = [number / 1_000 for number in range(10_000)]
        written = self.lines("cme_reflex.x", "event rejected", [*flood, 60.0], event="unknown")
        assert len(written) <= logs.REPEATS + 10 * logs.REPEATS_A_SECOND + 1
        assert len(written) + sum(int(str(each.get("omitted", 0))) for each in written) == 10_001

    def test_a_few_are_written_as_they_are(self) -> None:
        written = self.lines("cme_reflex.x", "socket closed", [0.0] * logs.REPEATS)
        assert len(written) == logs.REPEATS
        assert all("omitted" not in each for each in written)

    def test_kinds_are_counted_apart(self) -> None:
        limit, written = logs.RepeatLimit(), 0
        for event in ("home.load", "claim.load"):
            for number in range(2 * logs.REPEATS):
                record = logging.LogRecord("cme_reflex.x", 20, __file__, 1, "handled", (), None)
                record.created = 0.0
                vars(record).update(logs.log_extra(event=event, ms=number))
                written += limit.filter(record)
        assert written == 2 * logs.REPEATS

    @pytest.mark.parametrize(
        ("message", "level", "fields"),
        [
            ("event handled", logging.INFO, {"attendee": "a1", "event": "home.load"}),
            ("request", logging.INFO, {"path": "/claim", "client": "c1"}),
            ("request failed", logging.ERROR, {}),
        ],
    )
    def test_lines_of_attendees_requests_and_failures_are_all_written(
        self, message: str, level: int, fields: dict[str, object]
    ) -> None:
        seconds = [0.0] * 5 * logs.REPEATS
        written = self.lines("cme_reflex.x", message, seconds, level, **fields)
        assert len(written) == len(seconds)

    def test_a_librarys_lines_are_counted_by_their_place(self) -> None:
        written = self.lines("uvicorn.error", "Invalid HTTP request received.", [0.0] * 999)
        assert len(written) == logs.REPEATS

    def test_the_log_of_the_process_has_the_limit(self) -> None:
        root, level = logging.root.handlers[:], logging.root.level
        try:
            logs.configure_logging()
            (handler,) = logging.root.handlers
            assert any(isinstance(each, logs.RepeatLimit) for each in handler.filters)
        finally:
            logging.root.handlers[:] = root
            logging.root.setLevel(level)
