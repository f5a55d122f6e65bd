"""Settings of Spark, read from variables such as `<PACKAGE>_SPARK_MASTER`."""

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from .. import settings

PREFIX = f"{settings.PREFIX}SPARK_"


class SparkSettings(BaseSettings):
    """Where Spark runs, and how much memory it may take there."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    master: str = Field(
        default="local[*]", pattern=r"^(local(\[.+\])?|spark://.+:\d+|k8s://.+|yarn)$"
    )
    memory: str = Field(default="1g", pattern=r"^\d+[mg]$")


def load() -> SparkSettings:
    """Return the settings, or say which variable is wrong."""
    return settings.read(SparkSettings)
