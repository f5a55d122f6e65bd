"""Monitoring: what shows that the service runs in an image, and that somebody watches it."""
