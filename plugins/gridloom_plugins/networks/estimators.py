"""Networks of fits, compiled, and ready to be trained by Keras's `fit`."""

from __future__ import annotations

import math
from typing import Any

import keras
import numpy as np
from numpy.typing import NDArray

from gridloom import Fit, Predictions, Work
from gridloom_plugins.networks.batches import features_tensor
from gridloom_plugins.networks.between_epochs import BetweenEpochs, keras_callbacks
from gridloom_plugins.networks.drafting import drafted, sized_model
from gridloom_plugins.networks.fitting import Fitting
from gridloom_plugins.networks.outputs import predictions_of, probabilities
from gridloom_plugins.networks.programs import compiled_alone, compiled_model
from gridloom_plugins.networks.targets import targets_of
from gridloom_plugins.networks.weights import validation_weights


def fitting_for(work: Work, fit: Fit, n_rows: int) -> tuple[Fitting, NDArray[Any]]:
    """The training, not begun, of a fit on `n_rows` rows, and the targets of all rows as it takes them.

    Its network has the fit's own initial weights. It is valid until the next one is made, since fits of one structure
    share a compiled model. Raises ValueError where the network's output does not suit the target.
    """
    seed = work.seed(fit)
    keras.utils.set_random_seed(seed)
    draft, model = drafted(work, fit)
    network = sized_model(work, draft, model)
    batch_size, epochs = draft.training["batch_size"], draft.training["epochs"]
    builder = f"{work.recipe.model.full_name} {sorted(work.model_options(fit).items())}"
    between = BetweenEpochs(work.follow(draft))
    callbacks = keras_callbacks(work, draft, between)
    compiling = compiled_model if callbacks in ([], [between]) else compiled_alone
    compiled = compiling(draft, model, network, builder, steps=math.ceil(n_rows / batch_size))
    targets = targets_of(work, fit, compiled)

    return Fitting(
        model=compiled,
        seed=seed,
        epochs=epochs,
        batch_size=batch_size,
        features=features_tensor(work, fit),
        inputs=work.task(fit).inputs,
        validation=_validation(work, fit, targets),
        between=between,
        keras_callbacks=callbacks,
        decided_by=draft.callbacks,
    ), targets


def _validation(work: Work, fit: Fit, targets: NDArray[Any]) -> tuple[Any, ...] | None:
    """The rows that the fit's training is watched by, their targets, and weights if there are any; None for no rows."""
    rows = work.validation_rows(fit)
    return None if rows is None else (rows, targets[rows], validation_weights(work, rows))


def predicted(fitting: Fitting, rows: NDArray[np.intp], kind: str) -> Predictions:
    """What a trained network predicts for these rows of the data, for a task of this kind."""
    outputs = np.asarray(probabilities(fitting.predict(rows), fitting.model.loss, kind))
    return predictions_of(outputs, kind)
