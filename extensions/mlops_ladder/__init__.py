"""Extends Copier for the mlops-ladder template: its questions, its rendering, its levels."""
