"""Sweeps of Weights & Biases as experiments."""
