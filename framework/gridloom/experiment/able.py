"""Whether the engine of an experiment can do what the experiment and its data ask of it."""

from __future__ import annotations

from gridloom.core.data import Data
from gridloom.core.inputs import told
from gridloom.errors import CannotTrain, InvalidInput
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.preprocess_problems import problems_with
from gridloom.registry.records import Callback


def check_engine(experiment: Experiment, data: Data | None) -> None:
    """Raise InvalidInput when the engine cannot do what is asked of it, or the preprocessing does not suit the data.

    CannotTrain where `auto` has other engines. Without data, only what the experiment itself asks for is checked.
    """
    if data is not None and (problems := problems_with(experiment.preprocess, data, experiment.dataset)):
        raise InvalidInput(problems)
    found = None if data is None else _of_data(experiment, data)
    location = experiment.engine.location
    if found is None and (of_training := _of_training(experiment)):
        found, location = of_training[:2], experiment.source.node.locate(of_training[2])
    if found is None:
        return
    problem, way_out = found
    problem = f"the engine '{experiment.engine.name}' {problem}"
    if experiment.fallbacks:
        raise CannotTrain(problem)
    raise InvalidInput.at(location, f"{problem}; name another engine, or {way_out}")


def _of_data(experiment: Experiment, data: Data) -> tuple[str, str] | None:
    """What the engine does not do with these data, and the way out; None where there is nothing."""
    engine, dataset = experiment.engine.record, experiment.dataset.name
    if data.weights is not None and not engine.weighs:
        return f"does not support row weights, but the data of '{dataset}' have them", "use data without weights"
    if data.inputs and not engine.cuts:
        several = f"trains models with one input, but '{dataset}' has several, {told(data.inputs)}"
        return several, "use data with one array of features"
    if experiment.preprocess and not engine.prepares:
        return "does not support preprocessing", "remove 'preprocess'"
    return None


def _of_training(experiment: Experiment) -> tuple[str, str, tuple[str, ...]] | None:
    """What the engine does not do of what the experiment says of training, the way out, and the keys that say it, if anything."""
    engine, training = experiment.engine.record, experiment.training
    keras = [item.name for item in training.callbacks if item.record.keras]
    if training.watched is not None and not engine.validates:
        return "does not support validation rows", "remove 'validation' from 'training'", ("training", "validation")
    if training.callbacks and not engine.decides:
        return "does not run callbacks", "remove 'callbacks'", Callback.place
    if keras and not engine.keras_callbacks:
        return f"does not run Keras callbacks, and '{keras[0]}' is one", f"remove '{keras[0]}'", Callback.place
    if experiment.limits and not engine.counts:
        return "does not count parameters", "remove 'limits'", ("search", "limits")
    return None
