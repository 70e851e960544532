"""The settings of this process, from the environment (CME_…). Read once, when first needed."""

from functools import lru_cache
from pathlib import Path
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

ROOT = Path(__file__).resolve().parent.parent


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

    @field_validator("public_url")
    @classmethod
    def _an_address_without_a_path(cls, url: str | None) -> str | None:
        if not url:
            return None
        parts = urlsplit(url)
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.path.strip("/"):
            raise ValueError("Write scheme and host, such as https://cme.example.org")
        return f"{parts.scheme}://{parts.netloc}"


@lru_cache
def settings() -> Settings:
    """The settings of this process. Raises pydantic.ValidationError with the variable's name."""
    return Settings()
