import pytest

from cme_reflex.domain.sign_in.browsers import browser_kind

MOZILLA = "Mozilla/5.0"
WEBKIT = "AppleWebKit/605.1.15 (KHTML, like Gecko)"


@pytest.mark.parametrize(
    ("user_agent", "kind"),
    [
        (
            f"{MOZILLA} (iPhone; CPU iPhone OS 17_5) {WEBKIT} Version/17.5 Safari/604.1",
            "Safari, iPhone",
        ),
        (
            f"{MOZILLA} (Linux; Android 14) {WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36",
            "Chrome, Android",
        ),
        (
            f"{MOZILLA} (Windows NT 10.0; Win64) {WEBKIT} Chrome/126.0 Safari/537.36 Edg/126.0",
            "Edge, Windows",
        ),
        (
            f"{MOZILLA} (Macintosh; Intel Mac OS X 10.15) Gecko/20100101 Firefox/127.0",
            "Firefox, Mac",
        ),
        (f"{MOZILLA} (X11; CrOS x86_64) {WEBKIT} Chrome/126.0 Safari/537.36", "Chrome, Chromebook"),
        ("curl/8.5", ""),
        ("", ""),
    ],
)
def test_a_browser_is_named_as_its_owner_knows_it(user_agent: str, kind: str) -> None:
    assert browser_kind(user_agent) == kind
