"""Tracking: the only room that knows MLflow, which keeps runs and models and their origin."""
