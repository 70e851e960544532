"""Settings that `cme serve` requires in production."""

import pytest
from typer.testing import CliRunner

from cme_reflex.cli.commands import app
from cme_reflex.cli.operations import frontend
from tests.support.environment import override_settings

SECRET = "7fKq2mZp9XsVtW4bN8cR1dHjL5gYeA3u"
FIT = {
    "CME_PUBLIC_URL": "https://cme.example.org",
    "CME_TRUSTED_PROXIES": "10.0.0.0/8,127.0.0.1",
    "CME_SECURE_COOKIES": "true",
    "CME_SECRET": SECRET,
}
NOT_BUILT = "The frontend is not built. Build it with: cme build"

NO_SECRET = (
    "CME_SECRET is the default or has fewer than 32 characters. Set it to the output of: "
    "python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
)
NO_URL = (
    "CME_PUBLIC_URL is missing, and other machines reach 0.0.0.0. "
    "Set it to the address that people type, such as https://cme.example.org."
)
NO_PROXY = (
    "CME_TRUSTED_PROXIES is missing, and {} speaks plain HTTP. "
    "Set it to the address of the proxy that ends TLS, such as 127.0.0.1."
)
PLAIN = "CME_PUBLIC_URL is plain HTTP. Let a proxy end TLS and write https://."
COOKIES = "CME_SECURE_COOKIES is false behind HTTPS. Set it to true."


@pytest.fixture(autouse=True)
def nothing_is_built(monkeypatch: pytest.MonkeyPatch) -> None:
    """Settings that are accepted lead to the next check, which fails."""
    monkeypatch.setattr(frontend, "_built_from", lambda root: None)
    for variable in FIT:
        monkeypatch.delenv(variable, raising=False)


def said(host: str, **variables: str) -> list[str]:
    with override_settings(**variables):
        result = CliRunner().invoke(app, ["serve", "--host", host, "--port", "46099"])
    assert result.exit_code == 1
    assert result.stdout == ""
    return result.stderr.splitlines()


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_at_ones_own_desk_nothing_is_asked_for(host: str) -> None:
    assert said(host) == [NOT_BUILT]
    assert said(host, CME_PUBLIC_URL="http://localhost:3000") == [NOT_BUILT]


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])  # noqa: S104
def test_what_is_fit_is_served(host: str) -> None:
    assert said(host, **FIT) == [NOT_BUILT]


def test_everything_that_is_missing_is_told_at_once() -> None:
    assert said("0.0.0.0") == [NO_URL, NO_PROXY.format("0.0.0.0"), NO_SECRET]  # noqa: S104


def test_a_public_url_makes_it_real_behind_a_proxy_too() -> None:
    assert said("127.0.0.1", CME_PUBLIC_URL="https://cme.example.org") == [
        COOKIES,
        NO_PROXY.format("127.0.0.1"),
        NO_SECRET,
    ]


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        ({"CME_PUBLIC_URL": "http://cme.example.org"}, PLAIN),
        ({"CME_PUBLIC_URL": "https://localhost"}, NO_URL),
        ({"CME_PUBLIC_URL": ""}, NO_URL),
        ({"CME_TRUSTED_PROXIES": " , "}, NO_PROXY.format("0.0.0.0")),  # noqa: S104
        ({"CME_SECURE_COOKIES": "false"}, COOKIES),
        ({"CME_SECRET": "development"}, NO_SECRET),
        ({"CME_SECRET": SECRET[:-1]}, NO_SECRET),
    ],
)
def test_each_setting_that_is_not_fit_is_refused(change: dict[str, str], expected: str) -> None:
    assert said("0.0.0.0", **(FIT | change)) == [expected]  # noqa: S104


@pytest.mark.parametrize(
    ("change", "beginning"),
    [
        ({"CME_PUBLIC_URL": "cme.example.org"}, "CME_PUBLIC_URL: "),
        ({"CME_PUBLIC_URL": "https://cme.example.org/claims"}, "CME_PUBLIC_URL: "),
        ({"CME_TRUSTED_PROXIES": "proxy"}, "CME_TRUSTED_PROXIES_0"),
        ({"CME_TRUSTED_PROXIES": "10.0.0.1/8"}, "CME_TRUSTED_PROXIES_0"),
        ({"CME_LOG": "xml"}, "CME_LOG: "),
        ({"CME_EVENTS_PER_SECOND": "0"}, "CME_EVENTS_PER_SECOND: "),
    ],
)
def test_a_setting_that_cannot_be_meant_is_told_by_its_name(
    change: dict[str, str], beginning: str
) -> None:
    lines = said("127.0.0.1", **(FIT | change))
    assert lines
    assert all(line.startswith(beginning) for line in lines)


def test_the_secret_is_not_printed() -> None:
    assert SECRET not in str(said("127.0.0.1", **(FIT | {"CME_LOG": "xml"})))
