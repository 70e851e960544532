"""The settings of this process, from the environment (CME_…). Read once, when first needed."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import BeforeValidator, Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from cme_reflex.domain.hosts import is_loopback
from cme_reflex.domain.mail.delivery import parse_address
from cme_reflex.domain.mail.smtp_url import parse_smtp_url

ROOT = Path(__file__).resolve().parent.parent
DEVELOPMENT_SECRET = "development"  # noqa: S105 - refused where strangers come, see cli/operations/production.py


def _listed(text: object) -> object:
    # In the environment a list is written with commas, as in other programs.
    return (
        [part.strip() for part in text.split(",") if part.strip()]
        if isinstance(text, str)
        else text
    )


Networks = Annotated[tuple[IPv4Network | IPv6Network, ...], NoDecode, BeforeValidator(_listed)]


class Settings(BaseSettings):
    """What a deployment can choose. docs/deployment.md explains each."""

    model_config = SettingsConfigDict(env_prefix="CME_", frozen=True)

    meeting: str = Field(default="pstm24", description="code of the meeting that is served")
    meetings: Path = Field(default=ROOT / "meetings", description="folder of meeting folders")
    database_url: str = Field(
        default=f"sqlite:///{ROOT / '.cme' / 'cme.db'}", description="SQLite or PostgreSQL URL"
    )
    secure_cookies: bool = Field(
        default=False, description="set the Secure attribute; needs HTTPS in front"
    )
    public_url: str | None = Field(
        default=None, description="address under which people reach it, https://cme.example.org"
    )
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="what the single sign-on's provider knows us by"
    )
    trusted_proxies: Networks = Field(
        default=(), description="addresses or networks of the proxies that end TLS"
    )
    secret: SecretStr = Field(
        default=SecretStr(DEVELOPMENT_SECRET), description="key of the attendees' ids in the log"
    )
    log: Literal["json", "text"] = Field(default="json", description="how the log is written")
    events_per_second: int = Field(
        default=50, ge=1, description="what one connection may send in the long run"
    )
    smtp_url: SecretStr | None = Field(
        default=None, description="mail server; without one mail goes to a folder"
    )
    mail_folder: Path = Field(
        default=ROOT / ".cme" / "mail", description="folder of .eml files, without a mail server"
    )
    mail_from: str | None = Field(
        default=None, description="address that mail comes from; needed with a mail server"
    )

    @field_validator("public_url")
    @classmethod
    def _an_address_without_a_path(cls, url: str | None) -> str | None:
        if not url:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError("Write scheme and host, such as https://cme.example.org")
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def public_host(self) -> str | None:
        """The host under which strangers come; None where it serves this machine alone."""
        host = urlsplit(self.public_url or "").hostname
        return None if host is None or is_loopback(host) else host

    @field_validator("smtp_url")
    @classmethod
    def _a_mail_server(cls, url: SecretStr | None) -> SecretStr | None:
        if url is None or not url.get_secret_value():
            return None
        parse_smtp_url(url.get_secret_value())
        return url

    @field_validator("mail_from")
    @classmethod
    def _an_address(cls, written: str | None) -> str | None:
        return parse_address(written) if written else None


@lru_cache
def settings() -> Settings:
    """The settings of this process. Raises pydantic.ValidationError with the variable's name."""
    return Settings()
