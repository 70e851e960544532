"""The settings of this process, from the environment (CME_…). Read once, when first needed."""

from functools import lru_cache
from pathlib import Path

from pydantic import Field, SecretStr
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
    oidc_client_secret: SecretStr = Field(
        default=SecretStr(""), description="what the single sign-on's provider knows us by"
    )


@lru_cache
def settings() -> Settings:
    """The settings of this process. Raises pydantic.ValidationError with the variable's name."""
    return Settings()
