"""Orchestration: pipelines of this project's commands, which run by themselves."""
