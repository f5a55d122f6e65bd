"""Roadmap: the steps of the learning path, and the results that show which of them are done."""
