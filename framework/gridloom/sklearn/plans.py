"""What a Keras estimator would train with its present parameters, told without the estimator."""

from __future__ import annotations

import numbers
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from gridloom.sklearn.identity import identity
from gridloom.sklearn.reasons import NotFused


@dataclass(frozen=True)
class Plan:
    """A function with its arguments, which returns a network; how to compile one that is not; the settings of `fit`.

    `arguments` are copied for every network, since a function may change them. `compiled` has the optimizer, as Keras serializes
    it, the loss and maybe metrics, for a network that the function leaves uncompiled. `takes_task` says whether the function's first
    argument is a `gridloom.Task`.
    """

    function: Callable[..., Any]
    arguments: Mapping[str, Any]
    epochs: int
    batch_size: int
    compiled: Mapping[str, Any] | None = None
    losses: tuple[str, ...] = ()
    """The losses that are followed; all of them where it is empty."""
    takes_task: bool = False
    settings: Mapping[str, Any] = field(default_factory=dict)
    """More settings of training, numbers and texts, that candidates of one run may have different values of."""
    shared: Mapping[str, Any] = field(default_factory=dict)
    """What else an experiment says under `training:`, which is the same for all candidates of a run."""
    last_share: float | None = None
    """The share of the training rows, the last ones, by which a training is watched, as Keras's `validation_split` says."""

    @property
    def run_key(self) -> str:
        """Equal for plans that one run can train."""
        return identity((sorted(self.settings), dict(self.shared), self.last_share))

    def build(self, task: Any) -> Any:
        """The network for a `gridloom.Task`, compiled if there is something to compile it with."""
        given = deepcopy(dict(self.arguments))
        model = self.function(task, **given) if self.takes_task else self.function(**given)
        if self.compiled and not model.compiled:
            import keras

            optimizer = keras.optimizers.get(self.compiled["optimizer"])
            metrics = [
                item if isinstance(item, str) else keras.metrics.get(item) for item in self.compiled.get("metrics", ())
            ]
            model.compile(optimizer, self.compiled["loss"], metrics=metrics or None)
        if self.losses:
            self._check_loss(model.loss)
        return model

    def _check_loss(self, loss: Any) -> None:
        """ValueError for a loss whose targets, or predictions, the estimator does not treat as Gridloom does."""
        name = loss if isinstance(loss, str) else getattr(loss, "name", getattr(loss, "__name__", type(loss).__name__))
        if name not in self.losses or getattr(loss, "from_logits", False):
            of_logits = " of logits" if name in self.losses else ""
            raise ValueError(f"the loss '{name}'{of_logits} is left to Keras's own fit")


def whole(name: str, value: Any, default: int) -> int:
    """A positive whole number, or what Keras takes in the place of None; NotFused for anything else."""
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, numbers.Integral) or value < 1:
        raise NotFused(f"{name}={value!r} is not a positive whole number")
    return int(value)


def refuse_unless(given: Mapping[str, Any], allowed: Mapping[str, tuple[Any, ...]]) -> None:
    """NotFused where a parameter of these has another value than those allowed for it."""
    for name, value in given.items():
        if name in allowed and not any(value is other or value == other for other in allowed[name]):
            raise NotFused(f"{name}={value!r} is left to Keras's own fit")
