"""Remote files: what lies in S3, or wherever else fsspec reaches, comes to this disk first."""

from pathlib import Path

import fsspec

from ..errors import ProjectError


def fetch(url: str, target: Path) -> None:
    """Copy a remote file to `target`.

    Raises:
        ProjectError: it is not there, may not be read, or its server does not answer.
    """
    try:
        system, path = fsspec.url_to_fs(url)
        system.get_file(path, str(target))
    except FileNotFoundError as error:
        raise ProjectError(f"{url}: there is no such file; correct `path` in etl.yaml") from error
    except PermissionError as error:
        raise ProjectError(f"{url}: may not be read with these credentials: {error}") from error
    except Exception as error:  # each file system has errors of its own
        reason = " ".join(str(error).split())
        raise ProjectError(f"{url}: {type(error).__name__}: {reason}") from error
