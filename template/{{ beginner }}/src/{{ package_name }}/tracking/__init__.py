"""Tracking: the room that talks to MLflow, which keeps runs and models and their origin."""
