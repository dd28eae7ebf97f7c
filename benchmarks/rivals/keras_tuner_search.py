"""The neurons experiment with KerasTuner: GridSearch whose trials are cross-validations.

A tuner trains one model a trial, so `run_trial` is overridden, as its guide does for objectives of one's own.
"""

from __future__ import annotations

import sys
import tempfile
from typing import Any

from network import WIDTHS, cross_validate, load

import keras_tuner  # isort: skip  (network chooses Keras's backend)


class CrossValidated(keras_tuner.GridSearch):
    """Scores a width by its mean accuracy over three folds."""

    def run_trial(self, trial: Any, X: Any, y: Any, epochs: int) -> dict[str, float]:
        """Train three models."""
        neurons = trial.hyperparameters.Choice("neurons", WIDTHS)
        return {"accuracy": cross_validate(neurons, X, y, epochs)}


def main(data: str, epochs: int) -> None:
    """Search the seven widths on a CSV file with a header; one process, as the tuner works on one machine."""
    with tempfile.TemporaryDirectory() as folder:
        objective = keras_tuner.Objective("accuracy", "max")
        tuner = CrossValidated(objective=objective, max_trials=len(WIDTHS), directory=folder, seed=7)
        tuner.search(*load(data), epochs)
        for trial in tuner.oracle.get_best_trials(len(WIDTHS)):
            print(f"{trial.score:f} with: {trial.hyperparameters.values}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
