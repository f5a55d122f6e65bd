"""Settings of the service: which model answers, and how much may be asked at once."""

from pydantic import Field
from pydantic_settings import BaseSettings

from .. import settings

PREFIX = f"{settings.PREFIX}SERVING_"


class ServingSettings(BaseSettings):
    """What the service is told: `<PACKAGE>_SERVING_MODEL`, …"""

    model_config = settings.Settings.model_config | {"env_prefix": PREFIX}

    model: str | None = None  # a URI of MLflow or a folder; without it, the newest registered model
    max_rows: int = Field(default=1000, ge=1)
    max_bytes: int = Field(default=2_000_000, ge=1)
