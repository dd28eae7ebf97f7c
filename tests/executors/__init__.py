"""Executors, and the pool that is written against their protocol."""
