"""Versioning: what a version of the data is, and how models leave the tracking store for it."""
