"""A run on disk: its directory and journal, and the runner that fills both."""
