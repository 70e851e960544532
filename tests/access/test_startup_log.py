"""Log line of the application's start."""

import logging

import pytest

from cme_reflex.cme_reflex import log
from cme_reflex.web import logs
from tests.support.environment import override_settings
from tests.support.meetings import MEETING


async def test_the_start_is_logged_with_meeting_and_port(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(logs, "configure_logging", lambda: None)
    monkeypatch.setenv("REFLEX_BACKEND_PORT", "3000")
    caplog.set_level(logging.INFO)
    with override_settings(CME_MEETING=MEETING.code):
        async with log():
            lines = [logs.record_fields(record) for record in caplog.records]
    assert [(line["message"], line["meeting"], line["port"]) for line in lines] == [
        ("server started", MEETING.code, 3000)
    ]
