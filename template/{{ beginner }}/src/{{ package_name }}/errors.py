"""Errors: what a person is told when data, settings or a run is not as it must be."""


class ProjectError(Exception):
    """One message that names the file, key or column, and the remedy."""
