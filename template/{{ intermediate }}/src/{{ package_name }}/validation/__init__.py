"""Validation: what must hold for a table before a model learns from it."""
