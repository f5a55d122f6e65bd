"""Validation: whether a table holds what config/expectations.json expects of it."""

FOLDER = "reports/validation"  # of the last result and its page
