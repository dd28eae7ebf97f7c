"""Plugins: the hooks they implement, the records they yield, and the options of these."""
