"""Notebooks in a real kernel: the one of the documentation, and what else people do in notebooks."""
