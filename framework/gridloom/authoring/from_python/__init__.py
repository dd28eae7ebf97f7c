"""Experiments that a Python program says: a mapping in place of a file, and a call with a function and arrays."""
