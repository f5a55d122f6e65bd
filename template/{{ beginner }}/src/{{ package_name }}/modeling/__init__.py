"""Modeling: what a model sees, how it learns, how good its answers are."""
