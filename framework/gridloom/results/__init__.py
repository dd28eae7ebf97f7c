"""The result of a search: its ranking, what the scores support, and reporting it."""
