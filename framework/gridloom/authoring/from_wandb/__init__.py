"""A sweep of Weights & Biases as an experiment."""
