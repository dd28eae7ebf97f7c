"""Figures of results by matplotlib, for the reporter `plots`."""
