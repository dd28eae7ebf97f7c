"""What engines for Keras models share: reading a model into a draft, and making a model from an edited draft."""
