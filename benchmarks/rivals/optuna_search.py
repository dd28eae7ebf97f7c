"""The neurons experiment with Optuna: GridSampler, and an objective that cross-validates."""

from __future__ import annotations

import sys

import optuna
from network import WIDTHS, cross_validate, load


def main(data: str, epochs: int) -> None:
    """Search the seven widths on a CSV file with a header; one trial after the other, as `optimize` does by default."""
    X, y = load(data)

    def objective(trial: optuna.Trial) -> float:
        return cross_validate(trial.suggest_categorical("neurons", WIDTHS), X, y, epochs)

    study = optuna.create_study(direction="maximize", sampler=optuna.samplers.GridSampler({"neurons": WIDTHS}, seed=7))
    study.optimize(objective, n_trials=len(WIDTHS))
    for trial in study.trials:
        print(f"{trial.value:f} with: {trial.params}")


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
