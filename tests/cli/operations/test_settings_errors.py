"""Invalid settings are reported by the name of their environment variable."""

import pytest
from typer.testing import CliRunner

from cme_reflex.cli.commands import app
from cme_reflex.settings import settings


@pytest.mark.parametrize(
    ("variable", "value", "expected"),
    [
        (
            "CME_SECURE_COOKIES",
            "perhaps",
            "CME_SECURE_COOKIES: Input should be a valid boolean, unable to interpret input.",
        ),
        (
            "CME_DATABASE_URL",
            "nonsense",
            "CME_DATABASE_URL is no database URL. Write sqlite:///… or postgresql://….",
        ),
        (
            "CME_DATABASE_URL",
            "mysql://localhost/cme",
            "CME_DATABASE_URL is no database URL. Write sqlite:///… or postgresql://….",
        ),
        (
            "CME_DATABASE_URL",
            "postgresql://localhost:1/cme",
            "The database cannot be reached: [Errno 111] Connect call failed ('127.0.0.1', 1).",
        ),
        *(
            (
                "CME_TRUSTED_PROXIES",
                f"127.0.0.1, {network}",
                f"CME_TRUSTED_PROXIES: {network}: more addresses than those of proxies, so clients "
                "could name another address as their own. Write the address of the proxy, such as "
                "127.0.0.1.",
            )
            for network in ("0.0.0.0/0", "::/0", "0.0.0.0/1, 128.0.0.0/1")
        ),
    ],
)
def test_a_setting_that_cannot_be_meant(
    monkeypatch: pytest.MonkeyPatch, variable: str, value: str, expected: str
) -> None:
    monkeypatch.setenv(variable, value)
    settings.cache_clear()
    result = CliRunner().invoke(app, ["db", "current"])
    monkeypatch.undo()
    settings.cache_clear()
    assert (result.exit_code, result.stderr.splitlines()) == (1, [expected])
