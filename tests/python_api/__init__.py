"""Gridloom from Python: a call with a function and arrays, and a mapping in place of a file."""
