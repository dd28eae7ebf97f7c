"""Other tools' searches on a task: the same space, and nothing trained; what is searched by its index stays a whole number.

Each goes on until the meter's limit is reached, as its users would let it: Optuna's trials report every epoch to their
pruner, KerasTuner's Hyperband goes on from checkpoints, and scikit-learn's halving trains every rung anew.
"""

from __future__ import annotations

import os
import warnings
from collections.abc import Iterator
from typing import Any

from task import Meter, Task

from gridloom import Candidate, Range, Space

FACTOR = 3
"""By how much all that halve reduce the number of candidates."""


def axes(task: Task) -> Iterator[tuple[str, Range]]:
    """Name and range of each parameter."""
    for domains in task.domains.values():
        yield from domains.items()


def candidate_of(task: Task, flat: dict[str, Any]) -> Candidate:
    """The candidate with these values by name."""
    return Candidate({group: {name: flat[name] for name in names} for group, names in task.domains.items()})


def random(meter: Meter) -> None:
    """Full trainings of candidates drawn at random."""
    space = Space(meter.task.domains, seed=meter.seed)
    rng = space.rng()
    while not meter.done:
        meter.train([(space.sample(rng), meter.task.units, 0)])


def optuna_tpe(meter: Meter) -> None:
    """Optuna's TPE as it is by default, full trainings only."""
    _optuna(meter, pruned=False)


def optuna_hyperband(meter: Meter) -> None:
    """Optuna's TPE with its HyperbandPruner, which is asked after every unit."""
    _optuna(meter, pruned=True)


def _optuna(meter: Meter, *, pruned: bool) -> None:
    import optuna

    optuna.logging.set_verbosity(optuna.logging.ERROR)
    units = meter.task.units
    pruner = optuna.pruners.HyperbandPruner(min_resource=1, max_resource=units, reduction_factor=FACTOR)
    study = optuna.create_study(
        study_name=f"search {meter.seed}",  # which decides about brackets
        direction="maximize",
        sampler=optuna.samplers.TPESampler(seed=meter.seed),
        pruner=pruner if pruned else optuna.pruners.NopPruner(),
    )
    while not meter.done:
        trial = study.ask()
        candidate = candidate_of(meter.task, {name: _suggest(trial, name, one) for name, one in axes(meter.task)})
        stopped = units
        if pruned:
            for unit, score in enumerate(meter.look(candidate, units), 1):
                trial.report(score, unit)
                if trial.should_prune():
                    stopped = unit
                    break
        (score,) = meter.train([(candidate, stopped, 0)])
        state = optuna.trial.TrialState
        study.tell(
            trial,
            score if stopped == units else None,
            state=state.COMPLETE if stopped == units else state.PRUNED,
        )


def _suggest(trial: Any, name: str, one: Range) -> float:
    suggest = trial.suggest_int if one.whole else trial.suggest_float
    return suggest(name, one.low, one.high, log=one.scale == "log")


def keras_tuner_bayesian(meter: Meter) -> None:
    """KerasTuner's Gaussian process, full trainings only."""
    import_keras_tuner()
    from keras_tuner.oracles import BayesianOptimizationOracle

    _keras_tuner(meter, BayesianOptimizationOracle, max_trials=meter.limit)


def keras_tuner_hyperband(meter: Meter) -> None:
    """KerasTuner's Hyperband, iteration after iteration."""
    import_keras_tuner()
    from keras_tuner.oracles import HyperbandOracle

    _keras_tuner(meter, HyperbandOracle, max_epochs=meter.task.units, factor=FACTOR, hyperband_iterations=meter.limit)


def import_keras_tuner() -> None:
    """Import it with Keras's lightest backend: nothing is trained."""
    os.environ.setdefault("KERAS_BACKEND", "numpy")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import keras_tuner  # noqa: F401


def _keras_tuner(meter: Meter, oracle_of: Any, **options: Any) -> None:
    """Do with an oracle what KerasTuner's own loop does, `BaseTuner.search`, except that nothing is printed or written."""
    import keras_tuner

    warnings.filterwarnings("ignore")
    known = keras_tuner.HyperParameters()
    for name, one in axes(meter.task):
        make = known.Int if one.whole else known.Float
        make(name, one.low, one.high, sampling=one.scale)
    oracle = oracle_of(
        objective=keras_tuner.Objective("score", "max"), hyperparameters=known, seed=meter.seed + 1, **options
    )
    oracle.verbose = 0
    oracle.save = oracle._save_trial = lambda *_: None  # noqa: SLF001  (files for resuming, after every step)
    while not meter.done:
        trial = oracle.create_trial("tuner")
        if trial.status != "RUNNING":
            raise RuntimeError(f"KerasTuner's oracle ended {meter.task.name} with {trial.status}")
        values = dict(trial.hyperparameters.values)
        units, start = values.get("tuner/epochs", meter.task.units), values.get("tuner/initial_epoch", 0)
        (score,) = meter.train([(candidate_of(meter.task, values), units, start)])
        oracle.update_trial(trial.trial_id, {"score": score}, step=units)
        trial.status = "COMPLETED"
        oracle.end_trial(trial)


def sklearn_halving(meter: Meter) -> None:
    """scikit-learn's HalvingRandomSearchCV, again and again; a made-up estimator scores what the curve has at its epochs."""
    import numpy as np
    from sklearn.base import BaseEstimator
    from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    from sklearn.model_selection import HalvingRandomSearchCV

    class MadeUp(BaseEstimator):  # type: ignore[misc]
        def __init__(self, **params: Any) -> None:
            self.params = params

        def get_params(self, deep: bool = True) -> dict[str, Any]:  # noqa: ARG002
            return dict(self.params)

        def set_params(self, **params: Any) -> MadeUp:
            self.params = {**self.params, **params}
            return self

        def fit(self, X: Any, y: Any = None) -> MadeUp:  # noqa: ARG002
            return self

        def score(self, X: Any, y: Any = None) -> float:  # noqa: ARG002
            (score,) = meter.train([(candidate_of(meter.task, self.params), self.params["units"], 0)])
            return score

    seed, rungs = meter.seed, 1 + _rungs(meter.task.units)
    X, rows = np.zeros((2, 1)), np.arange(1)
    while not meter.done:
        HalvingRandomSearchCV(
            MadeUp(units=1),
            {name: Drawn(one) for name, one in axes(meter.task)},
            n_candidates=FACTOR ** (rungs - 1),
            factor=FACTOR,
            resource="units",
            max_resources=meter.task.units,
            min_resources="exhaust",
            cv=[(rows, rows + 1)],
            refit=False,
            random_state=seed,
        ).fit(X)
        seed += 1_000_003


def _rungs(units: int) -> int:
    """How often the number of units can be divided by the factor and be at least 5, where there are so many, else 1."""
    return max(rung for rung in range(10) if units // FACTOR**rung >= min(5, units // FACTOR))


class Drawn:
    """A domain as scikit-learn draws from it."""

    def __init__(self, domain: Range) -> None:
        self.domain = domain

    def rvs(self, random_state: Any) -> Any:
        """One value."""
        return self.domain.at(random_state.random_sample())
