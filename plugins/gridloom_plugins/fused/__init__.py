"""Trains many networks in one compiled program: tracing, starting values, programs, lanes."""
