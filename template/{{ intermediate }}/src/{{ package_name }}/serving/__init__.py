"""Serving: the model answers other programs over HTTP."""
