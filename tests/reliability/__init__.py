"""Plugins that do what none should, and runs that survive it."""
