"""Settings that `cme serve` requires in production.

A server is in production if it listens on an address that other machines can reach, or has a
public URL of another host than this machine. Otherwise it is for local use and needs no settings.
"""

from collections.abc import Iterator

from cme_reflex.cli.errors import CliError
from cme_reflex.domain.hosts import is_loopback
from cme_reflex.settings import DEVELOPMENT_SECRET, Settings

SECRET_LENGTH = 32  # characters; the length of `secrets.token_urlsafe(24)`


def require_production_settings(settings: Settings, host: str) -> None:
    """Raise CliError with one line for each setting that is unsafe in production."""
    if is_loopback(host) and settings.public_host is None:
        return
    if faults := list(_faults(settings, host)):
        raise CliError("\n".join(faults))


def _faults(settings: Settings, host: str) -> Iterator[str]:
    if settings.public_host is None:
        yield (
            f"CME_PUBLIC_URL is missing, and other machines reach {host}. "
            "Set it to the address that people type, such as https://cme.example.org."
        )
    elif not settings.is_https:
        yield "CME_PUBLIC_URL is plain HTTP. Let a proxy end TLS and write https://."
    elif not settings.secure_cookies:
        yield "CME_SECURE_COOKIES is false behind HTTPS. Set it to true."
    if not settings.trusted_proxies:
        yield (
            f"CME_TRUSTED_PROXIES is missing, and {host} speaks plain HTTP. "
            "Set it to the address of the proxy that ends TLS, such as 127.0.0.1."
        )
    secret = settings.secret.get_secret_value()
    if secret == DEVELOPMENT_SECRET or len(secret) < SECRET_LENGTH:
        yield (
            f"CME_SECRET is the default or has fewer than {SECRET_LENGTH} characters. Set it to "
            "the output of: python3 -c 'import secrets; print(secrets.token_urlsafe(32))'"
        )
