"""Shipping: what CI has released and rolled out, as its tags in Git tell."""
