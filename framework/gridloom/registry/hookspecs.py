"""The hooks a plugin may implement; each is a function without arguments that yields frozen records."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

import pluggy

from gridloom.registry.records import (
    Callback,
    Dataset,
    Engine,
    Executor,
    Family,
    ModelBuilder,
    Reporter,
    Scorer,
    Strategy,
    Transform,
)

PROJECT = "gridloom"
"""The entry-point group, and the name that pluggy marks hooks with."""

F = TypeVar("F", bound=Callable[..., object])
hookspec = pluggy.HookspecMarker(PROJECT)
_marker = pluggy.HookimplMarker(PROJECT)


def hookimpl(function: F) -> F:
    """Mark a function as a hook of Gridloom: write `@gridloom.hookimpl` above it, without arguments."""
    return _marker(function)


@hookspec
def gridloom_datasets() -> Iterable[Dataset]:
    """Data sets, for `dataset:` in an experiment.

    Example::

        import gridloom

        def load_xor(rows: int = 100):
            import numpy as np

            X = np.random.default_rng(0).integers(0, 2, size=(rows, 2))
            return gridloom.Data(X.astype(float), X[:, 0] ^ X[:, 1], classes=("equal", "different"))

        @gridloom.hookimpl
        def gridloom_datasets():
            yield gridloom.Dataset("xor", "Are two bits different?", load_xor)
    """
    raise TypeError("a specification is not called")


@hookspec
def gridloom_transforms() -> Iterable[Transform]:
    """Transforms of features, for `preprocess:` in an experiment.

    Example::

        import gridloom

        def make_scaler(low: float = 0.1, high: float = 0.9):
            from sklearn.preprocessing import RobustScaler

            return RobustScaler(quantile_range=(100 * low, 100 * high))

        @gridloom.hookimpl
        def gridloom_transforms():
            yield gridloom.Transform("spread", "Numbers by the span of their usual values.", make_scaler)
    """
    raise TypeError("a specification is not called")


@hookspec
def gridloom_model_builders() -> Iterable[ModelBuilder]:
    """Model builders, for `model:` in an experiment.

    Example::

        import gridloom

        def build_wide(task, units: int = 100):
            import keras

            return keras.Sequential([
                keras.Input(task.input_shape),
                keras.layers.Dense(units, activation="relu"),
                keras.layers.Dense(1, activation="sigmoid"),
            ])

        @gridloom.hookimpl
        def gridloom_model_builders():
            yield gridloom.ModelBuilder("wide", "One wide hidden layer, for two classes.", build_wide)
    """
    raise TypeError("a specification is not called")


@hookspec
def gridloom_families() -> Iterable[Family]:
    """Hyperparameter families, for `search: space:` in an experiment.

    Example::

        import gridloom
        from gridloom import Choices, Parameter

        def apply_bias(draft, use_bias: bool):
            for layer in draft.hidden:
                layer["use_bias"] = use_bias

        @gridloom.hookimpl
        def gridloom_families():
            yield gridloom.Family("bias", "Whether hidden layers have a bias.", apply_bias, parameters=(
                Parameter("use_bias", Choices(True, False)),
            ))
    """
    raise TypeError("a specification is not called")


@hookspec
def gridloom_callbacks() -> Iterable[Callback]:
    """Callbacks, for `training: callbacks:` in an experiment.

    Example::

        import gridloom
        from gridloom import Decision

        class GoodEnough:
            def __init__(self, loss: float = 0.3):
                self.loss = loss

            def after_epoch(self, epoch):
                return Decision(stop=epoch.value("loss") < self.loss)

        @gridloom.hookimpl
        def gridloom_callbacks():
            yield gridloom.Callback("good_enough", "Stops at a loss that is low enough.", GoodEnough)
    """
    raise TypeError("a specification is not called")


@hookspec
def gridloom_strategies() -> Iterable[Strategy]:
    """Search strategies, for `search: strategy:` in an experiment.

    Example::

        import gridloom
        from gridloom import Budget, Proposal, Status

        def shortlist(space, keep: int = 3):
            trials = yield [Proposal(candidate, Budget(share=0.3)) for candidate in space.enumerate()]
            complete = [trial for trial in trials if trial.status is Status.COMPLETE]
            if best := sorted(complete, key=lambda trial: -trial.mean)[:keep]:
                yield [Proposal(trial.candidate) for trial in best]

        @gridloom.hookimpl
        def gridloom_strategies():
            yield gridloom.Strategy("shortlist", "All on a share of the rows, the best in full.", shortlist)
    """
    raise TypeError("a specification is not called")


@hookspec
def gridloom_engines() -> Iterable[Engine]:
    """Engines, for `engine:` in an experiment.

    Example::

        import gridloom

        def train(work, guess: float = 0.5):
            for fit in work.fits:
                yield fit, gridloom.FitResult(dict.fromkeys(work.scoring, guess))

        @gridloom.hookimpl
        def gridloom_engines():
            yield gridloom.Engine("guess", "Trains nothing, to try an experiment out.", train, trains="network")
    """
    raise TypeError("a specification is not called")


@hookspec
def gridloom_executors() -> Iterable[Executor]:
    """Executors, for `executor:` in an experiment.

    Example::

        import gridloom
        from contextlib import contextmanager

        @contextmanager
        def open_one(count, environment, threads: int = 4):
            with gridloom.open_processes(1, {**environment, "OMP_NUM_THREADS": str(threads)}) as session:
                yield session

        @gridloom.hookimpl
        def gridloom_executors():
            yield gridloom.Executor("one", "One process, whose libraries have several threads.", open_one)
    """
    raise TypeError("a specification is not called")


@hookspec
def gridloom_scorers() -> Iterable[Scorer]:
    """Scorers, for `scoring:` in an experiment.

    Example::

        import gridloom

        def cost(truth, predicted, missed: float = 10.0):
            false_alarms = (predicted == 1) & (truth == 0)
            return (false_alarms + missed * ((predicted == 0) & (truth == 1))).mean()

        @gridloom.hookimpl
        def gridloom_scorers():
            yield gridloom.Scorer(
                "cost", "What wrong decisions cost.", cost, needs="labels", greater_is_better=False, tasks=("binary",)
            )
    """
    raise TypeError("a specification is not called")


@hookspec
def gridloom_reporters() -> Iterable[Reporter]:
    """Reporters, for `reporters:` in an experiment.

    Example::

        import gridloom

        def report(result, filename: gridloom.FileName = "best.txt"):
            if result.best:
                (result.folder / filename).write_text(f"{result.best.mean:.4f} {result.best.params}")

        @gridloom.hookimpl
        def gridloom_reporters():
            yield gridloom.Reporter("best", "The best candidate, in a text file.", report)
    """
    raise TypeError("a specification is not called")
