"""One training for fits that differ in their number of epochs alone: how it was after some of its epochs."""

from __future__ import annotations

import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import keras

from gridloom import Draft, Fit, Work
from gridloom_plugins.networks.between_epochs import BetweenEpochs
from gridloom_plugins.networks.drafting import drafted


@dataclass(frozen=True)
class Moment:
    """A training after some of its epochs: what its variables were, the weights kept until then, and what was noted.

    `kept` is the number of the epoch whose weights were kept last, `history` what callbacks did until then, and `seconds` how
    long the training had lasted.
    """

    variables: Sequence[Any]
    kept_weights: list[Any] | None
    kept: int | None
    history: Mapping[str, list[float]]
    seconds: float


class Moments(keras.callbacks.Callback):
    """Notes a training after these numbers of epochs; it comes behind all callbacks that do something."""

    def __init__(self, after: Collection[int], between: BetweenEpochs) -> None:
        super().__init__()
        self._after, self._between = after, between
        self._started = self.seconds = 0.0
        self.found: dict[int, Moment] = {}
        """The moments by the number of epochs."""

    def on_train_begin(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Look at the clock."""
        self._started = time.perf_counter()

    def on_epoch_end(self, epoch: int, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Note how it is after this epoch (from 0, as Keras counts)."""
        if epoch + 1 in self._after:
            following = self._between.following
            self.found[epoch + 1] = Moment(
                [variable.numpy() for variable in self._variables],
                self._between.kept_weights,
                following.kept,
                following.history,
                time.perf_counter() - self._started,
            )

    def on_train_end(self, logs: Mapping[str, Any] | None = None) -> None:  # noqa: ARG002
        """Note how long the training took."""
        self.seconds = time.perf_counter() - self._started

    def back_to(self, moment: Moment) -> None:
        """Let the model be as if its training had ended at this moment."""
        for variable, value in zip(self._variables, moment.variables, strict=True):
            variable.assign(value)
        self._between.end_with(moment.kept_weights)

    @property
    def _variables(self) -> list[Any]:
        return [*self.model.variables, *self.model.optimizer.variables]


def lengths_of(work: Work, fits: Sequence[Fit]) -> dict[str, int] | None:
    """The epochs of each fit by its key, where one training does for all of them; None where each is to be trained alone.

    That is so where their networks differ in more than the number of epochs, or where one of these is not the beginning of
    another: a callback depends on how many there are, or the optimizer averages weights and takes the average in the end.
    """
    lengths, drafts = {}, set()
    try:
        for fit in fits:
            keras.utils.set_random_seed(work.seed(fit))
            draft, _ = drafted(work, fit)
            if work.depends_on_total(draft.callbacks) or draft.optimizer.get("use_ema"):
                return None
            lengths[fit.key] = draft.training["epochs"]
            drafts.add(f"{_described(draft)} {sorted(work.model_options(fit).items())} {work.features_key(fit)}")
    except Exception:  # the fit that raises it is trained alone, and fails
        return None
    return lengths if len(drafts) == 1 else None


def _described(draft: Draft) -> str:
    """Text that is equal for drafts which differ in their number of epochs, and in names that Keras gives, alone."""
    parts = (*draft.layers, draft.optimizer, draft.loss, *draft.metrics, *draft.callbacks)
    settings = {name: value for name, value in draft.training.items() if name != "epochs"}
    return repr([*((part.class_name, _nameless(dict(part))) for part in parts), settings])


def _nameless(config: Any) -> Any:
    if isinstance(config, dict):
        return {key: _nameless(value) for key, value in config.items() if key != "name"}
    return [_nameless(value) for value in config] if isinstance(config, list | tuple) else config
