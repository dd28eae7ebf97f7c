"""What a run says of searched epochs before it trains: whether one training does for several numbers of them."""

from __future__ import annotations

from collections.abc import Iterator

from gridloom.core.budgets import EPOCHS
from gridloom.core.calls import CALLBACKS
from gridloom.experiment.bound import Bound
from gridloom.experiment.experiment import Experiment
from gridloom.registry.records import Callback


def notes_on_epochs(experiment: Experiment) -> Iterator[str]:
    """A sentence where epochs are searched by an engine that trains the longest alone, and a callback does not let it."""
    searched = any(EPOCHS in names for domains in experiment.space.subspaces for names in domains.values())
    if not (searched and experiment.engine.record.continues):
        return
    for callback in experiment.training.callbacks:
        if callback.record.keras:
            yield f"epochs are searched, and '{callback.name}' is a callback of Keras: each value is trained on its own"
            return
        if _may_depend(experiment, callback):
            yield f"epochs are searched, and '{callback.name}' depends on their number: each value is trained on its own"
            return


def _may_depend(experiment: Experiment, callback: Bound[Callback]) -> bool:
    """Whether the callback depends on the number of epochs, as far as known for options that are searched."""
    start = f"{callback.name}."
    searched = any(
        name.startswith(start) for domains in experiment.space.subspaces for name in domains.get(CALLBACKS, {})
    )
    return callback.record.is_bound_to_total(callback.options) or (
        searched and callable(callback.record.depends_on_total)
    )
