"""Models in the formats of others, ONNX and TensorFlow's SavedModel, each loaded again and compared."""
