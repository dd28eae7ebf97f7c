"""The contract of model builders: fresh models that suit the task, or a reason why there is none."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any, ClassVar

import pytest

from gridloom.core.data import TASKS as ALL
from gridloom.core.data import Task, TaskKind
from gridloom.core.inputs import cut_inputs
from gridloom.core.trials import Status
from gridloom.errors import GridloomError
from gridloom.registry.records import ModelBuilder
from gridloom.testing.contract import Contract
from gridloom.testing.experiments import run_tiny
from gridloom.testing.networks import CLASSES, FEATURES, TARGETS, TASKS

ROWS = 30


class ModelBuilderContract(Contract):
    """Inherit to test a model builder.

    - `tasks`: the kinds of task for which it builds models, out of "binary", "multiclass" and "regression"; for the
    others it raises `gridloom.StopRun` with the reason. "multilabel" and "multioutput" are tested if they are named.
    - `input_shape`: the shape of a row of features.
    - `inputs`: for models with several inputs, the shapes of a row by name, instead of `input_shape`.
    - `experiment`: keys that override the tiny experiment that trains the model, such as `{"dataset": "digits"}`.
    """

    kind = ModelBuilder
    tasks: ClassVar[Collection[TaskKind]] = TASKS
    input_shape: ClassVar[tuple[int, ...]] = (FEATURES,)
    inputs: ClassVar[Mapping[str, tuple[int, ...]]] = {}
    experiment: ClassVar[Mapping[str, Any]] = {}

    def build(self, kind: TaskKind) -> Any:
        """A new model with the options of the contract."""
        return self.record.model_for(self.task(kind), **self.bound.options)

    @property
    def first_task(self) -> TaskKind:
        """The first kind of task that it claims."""
        return next(kind for kind in ALL if kind in self.tasks)

    def task(self, kind: TaskKind) -> Task:
        """A task of this kind."""
        shape = (sum(map(math.prod, self.inputs.values())),) if self.inputs else self.input_shape
        outputs = TARGETS if kind in ("multilabel", "multioutput") else 1
        return Task(kind, shape, {"binary": 2, "multiclass": CLASSES}.get(kind, 0), self.inputs, outputs)

    def test_it_says_so_when_it_cannot_learn_a_task(self) -> None:
        """It raises a GridloomError, which is shown to the user, for other tasks."""
        for kind in set(TASKS) - set(self.tasks):
            with pytest.raises(GridloomError, match=r"\w"):
                self.build(kind)

    def test_its_models_are_what_it_claims_to_make(self) -> None:
        """A "network" is a `keras.Model`, an "estimator" a scikit-learn estimator."""
        for kind in self.tasks:
            model = self.build(kind)
            assert model is not None, f"it returns None for a {kind} task"
            if "network" in self.record.makes:
                import keras

                assert isinstance(model, keras.Model), f"it returns a {type(model).__name__}, not a keras.Model"
            if self.record.makes == "estimator":
                from sklearn.base import BaseEstimator

                assert isinstance(model, BaseEstimator), f"it returns a {type(model).__name__}, not an estimator"

    def test_its_models_predict_what_the_task_asks_for(self) -> None:
        """A row of features goes in; a number or a probability (or one of each class) comes out."""
        for kind in self.tasks:
            if "network" in self.record.makes:
                self.check_network(self.build(kind), kind)
            if self.record.makes == "estimator":
                self.check_estimator(self.build(kind), kind)

    def check_network(self, network: Any, kind: TaskKind) -> None:
        """Check the shape of what a network makes of some rows."""
        shape = tuple(self.output_of(network).shape)
        admitted = {"binary": (1, 2), "multiclass": (CLASSES,), "regression": (1,)}.get(kind, (TARGETS,))
        assert shape[:1] == (ROWS,), f"{ROWS} rows give an output of shape {shape}"
        assert shape[1:] in [(units,) for units in admitted], (
            f"for a {kind} task a row gives an output of shape {shape[1:]}"
        )

    def check_estimator(self, estimator: Any, kind: TaskKind) -> None:
        """Check that scikit-learn can clone, fit and use an estimator for a task."""
        import numpy as np
        from sklearn.base import clone, is_classifier

        task = self.task(kind)
        assert is_classifier(estimator) != task.is_numeric, f"it is not an estimator for a {kind} task"
        X = np.random.default_rng(0).normal(size=(ROWS, *self.input_shape)).astype("float32")
        y = np.arange(ROWS) % task.n_classes if task.n_classes else X.reshape(ROWS, -1).sum(axis=1)
        if task.n_outputs > 1:
            y = np.column_stack([y, -y])
            y = (y > 0).astype(int) if kind == "multilabel" else y
        predicted = clone(estimator).fit(X, y).predict(X)
        assert predicted.shape == y.shape, f"{ROWS} rows give a prediction of shape {predicted.shape}"
        assert np.isfinite(predicted).all(), "a prediction is not finite"

    def test_its_models_are_fresh_and_independent(self) -> None:
        """Two models share nothing that training changes."""
        one, two = self.build(self.first_task), self.build(self.first_task)
        assert one is not two, "it returns the same model twice"
        if "network" in self.record.makes:
            for model in (one, two):
                self.output_of(model)
            shared = {id(variable) for variable in one.variables} & {id(variable) for variable in two.variables}
            assert not shared, f"two of its models share {len(shared)} variables"

    def test_its_models_begin_alike_given_the_same_seed(self) -> None:
        """With the same Keras seed, which engines set for every fit, a network starts with the same weights."""
        if "network" not in self.record.makes:
            return
        import keras
        import numpy as np

        weights = []
        for _ in range(2):
            keras.utils.set_random_seed(0)
            model = self.build(self.first_task)
            self.output_of(model)
            weights.append([np.asarray(value) for value in model.get_weights()])
        assert len(weights[0]) == len(weights[1])
        same = all(np.array_equal(one, two) for one, two in zip(*weights, strict=True))
        assert same, "it uses its own random generator, so results cannot be reproduced"

    def test_an_experiment_trains_it(self, tmp_path: Path) -> None:
        """An engine trains it for the first of its tasks."""
        keys = {
            "dataset": {"name": "tiny", "task": self.first_task},
            "model": self.selection,
            "search": {"space": {"model": self.searched()}},
        }
        if "network" in self.record.makes:
            keys["training"] = {"epochs": 1}
        result = run_tiny(tmp_path, *self.plugins, **{**keys, **self.experiment})
        for trial in result.trials:
            reasons = [found.traceback or found.error for _, found in trial.failures]
            assert trial.status is Status.COMPLETE, f"it cannot be trained:\n{reasons[0]}"

    def output_of(self, network: Any) -> Any:
        """What a network makes of rows of zeros."""
        import numpy as np

        task = self.task(self.first_task)
        return network(cut_inputs(np.zeros((ROWS, *task.input_shape), "float32"), task.inputs))

    def searched(self) -> dict[str, list[Any]]:
        """An option to search, with the one value that it has anyway."""
        for name, value in self.record.options.resolve(self.options).items():
            return {name: [value]}
        raise TypeError(f"'{self.name}' has no options to search; name a space in 'experiment'")
