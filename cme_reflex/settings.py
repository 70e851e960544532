"""Settings of this process from environment variables (CME_…), read once on first use."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cme_reflex.domain.hosts import is_loopback, too_wide
from cme_reflex.domain.mail.delivery import parse_address
from cme_reflex.domain.mail.smtp_url import parse_smtp_url

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_SECRET = "development"  # noqa: S105 - rejected for a public host: cli/operations/production.py


def _split_commas(text: object) -> object:
    # A list in an environment variable is separated by commas.
    return (
        [part.strip() for part in text.split(",") if part.strip()]
        if isinstance(text, str)
        else text
    )


Networks = Annotated[
    tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_split_commas)
]


class Settings(BaseSettings):
    """Settings of a deployment; docs/deployment.md explains each."""

    model_config = SettingsConfigDict(env_prefix="CME_", frozen=True)

    meeting: str = Field(
        default="", description="code of the meeting to which / leads, and which commands are about"
    )
    meetings: Path = Field(default=ROOT / "meetings", description="folder of meeting folders")
    database_url: str = Field(
        default=f"sqlite:///{ROOT / '.cme' / 'cme.db'}", description="SQLite or PostgreSQL URL"
    )
    secure_cookies: bool = Field(
        default=False, description="set the Secure attribute of cookies; requires HTTPS"
    )
    public_url: str | None = Field(
        default=None, description="public URL of the site, such as https://cme.example.org"
    )
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="client secret for the OpenID Connect provider"
    )
    trusted_proxies: Networks = Field(
        default=(), description="addresses or networks of proxies that terminate TLS"
    )
    secret: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_SECRET),
        description="secret from which keys are derived: of pseudonyms in the log, of backups, of "
        "known browsers, and of changes that wait in browsers",
    )
    log: Literal["json", "text"] = Field(default="json", description="log format")
    events_per_second: int = Field(
        default=50, ge=1, description="events per second that one connection may send on average"
    )
    smtp_url: SecretStr | None = Field(
        default=None, description="URL of the mail server; without one, mail is written to a folder"
    )
    mail_folder: Path = Field(
        default=ROOT / ".cme" / "mail",
        description="folder for .eml files if there is no mail server",
    )
    mail_from: str | None = Field(
        default=None, description="sender address; required with a mail server"
    )

    @field_validator("public_url")
    @classmethod
    def _validate_public_url(cls, url: str | None) -> str | None:
        if not url:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError("Write scheme and host, such as https://cme.example.org")
        return f"{parts.scheme}://{parts.netloc}"

    @field_validator("trusted_proxies")
    @classmethod
    def _validate_trusted_proxies(
        cls, networks: tuple[IPv4Network | IPv6Network, ...]
    ) -> tuple[IPv4Network | IPv6Network, ...]:
        if wide := too_wide(networks):
            raise ValueError(
                f"{', '.join(map(str, wide))}: more addresses than those of proxies, so clients "
                "could name another address as their own. Write the address of the proxy, such as "
                "127.0.0.1"
            )
        return networks

    @property
    def is_https(self) -> bool:
        """Whether the public URL is one of HTTPS."""
        return (self.public_url or "").startswith("https://")

    @property
    def public_host(self) -> str | None:
        """The host of the public URL; None if the server serves this machine only."""
        host = urlsplit(self.public_url or "").hostname
        return None if host is None or is_loopback(host) else host

    @property
    def private_secret(self) -> str | None:
        """The secret; None if it is the default, which everybody knows."""
        secret = self.secret.get_secret_value()
        return None if secret in ("", DEVELOPMENT_SECRET) else secret

    @field_validator("smtp_url")
    @classmethod
    def _validate_smtp_url(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None or not url.get_secret_value():
            return None
        parse_smtp_url(url.get_secret_value())
        return url

    @field_validator("mail_from")
    @classmethod
    def _validate_mail_from(cls, address: str | None) -> str | None:
        return parse_address(address) if address else None


@lru_cache
def settings() -> Settings:
    """The settings of this process. Raises pydantic.ValidationError with the variable's name."""
    return Settings()
