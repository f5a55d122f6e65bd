"""Settings: where things are. The environment decides, else `.env`, else these defaults."""

from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import AfterValidator, AliasChoices, DirectoryPath, Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

from .errors import ProjectError

NAME = __package__ or ""
PREFIX = f"{NAME.upper()}_"

Kind = TypeVar("Kind", bound=BaseSettings)


def find_root() -> Path:
    """Return the project's folder: the nearest one above here that holds a `pyproject.toml`."""
    folders = [Path.cwd(), *Path.cwd().parents]
    return next((each for each in folders if (each / "pyproject.toml").is_file()), folders[0])


class Settings(BaseSettings):
    """Settings of a project, read from variables such as `<PACKAGE>_TRACKING_URI`."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX, env_file=".env", env_ignore_empty=True, extra="ignore"
    )

    root: Annotated[DirectoryPath, AfterValidator(Path.absolute)] = Field(default_factory=find_root)
    tracking_uri: str = Field(
        default_factory=lambda data: f"sqlite:///{data['root'] / 'mlflow.db'}",
        validation_alias=AliasChoices(f"{PREFIX}TRACKING_URI", "MLFLOW_TRACKING_URI"),
    )
    model_name: str = NAME.replace("_", "-")

    @property
    def config(self) -> Path:
        """The folder of the configuration files."""
        return self.root / "config"


def load() -> Settings:
    """Return the settings, or say which variable is wrong."""
    return read(Settings)


def read(kind: type[Kind]) -> Kind:
    """Return settings of a kind, or say which variable is wrong."""
    try:
        return kind()
    except ValidationError as error:
        detail = error.errors()[0]
        variable = f"{kind.model_config['env_prefix']}{detail['loc'][0]}".upper()
        raise ProjectError(f"{variable}: {detail['msg']}") from error
