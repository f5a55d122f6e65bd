"""Settings of the ETL, read from variables such as `<PACKAGE>_ETL_MEMORY_LIMIT`."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from .. import settings

PREFIX = f"{settings.PREFIX}ETL_"


class EtlSettings(BaseSettings):
    """What runs the SQL, and how much memory that may take."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    engine: str = "duckdb"
    memory_limit: str = Field(default="1GB", pattern=r"^\d+(\.\d+)? ?[KMGT]i?B$")


def load() -> EtlSettings:
    """Return the settings, or say which variable is wrong."""
    return settings.read(EtlSettings)
