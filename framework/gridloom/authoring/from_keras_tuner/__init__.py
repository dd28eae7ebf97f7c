"""A KerasTuner hypermodel as a model builder whose options are its hyperparameters, with what to try for each."""
