"""Fits on workers: what travels to them, what they answer, and the pool that keeps them at work."""
