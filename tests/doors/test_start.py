"""What the log says when the application begins to serve."""

import logging

import pytest

from cme_reflex import logs
from cme_reflex.cme_reflex import log
from tests.meetings import MEETING
from tests.settings import chosen


async def test_that_it_serves_is_told_with_meeting_and_port(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logs, "set_up", lambda: None)
    monkeypatch.setenv("REFLEX_BACKEND_PORT", "3000")
    caplog.set_level(logging.INFO)
    with chosen(CME_MEETING=MEETING.code):
        async with log():
            told = [logs.told(record) for record in caplog.records]
    assert [(line["message"], line["meeting"], line["port"]) for line in told] == [
        ("serving", MEETING.code, 3000)
    ]
