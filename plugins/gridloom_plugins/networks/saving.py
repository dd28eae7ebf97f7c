"""Networks that leave a run: written by Keras, tried once, and loaded again with what their outputs mean."""

from __future__ import annotations

import math
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gridloom import Fit, GridloomError, KeptModel, LoadedModel, Part, Predictions, StopRun, Work, cut_inputs

if TYPE_CHECKING:
    from numpy.typing import NDArray

FILE = "model.keras"

TRIED_ROWS = 32
"""How many rows a model predicts again, loaded from its file, to see that it is the same."""

CLOSE = 1e-5

AT_ONCE = 1024
"""How many rows are predicted at once."""


@dataclass(frozen=True)
class Ended:
    """How a training ended: how many epochs it had, the one whose weights were kept (None: the last), and its callbacks."""

    epochs: int
    kept: int | None
    callbacks: Sequence[Part]


def keep_model(
    work: Work, fit: Fit, model: Any, folder: Path, *, epochs: int, batch_size: int, ended: Ended | None = None
) -> KeptModel:
    """Write the trained model of a fit into a folder, with a note on what its outputs mean and on how it was trained.

    `epochs` are those that the training has when nothing stops it; it had all of them unless `ended` says otherwise.

    Raises GridloomError where Keras cannot load it again, or it then predicts something else.
    """
    import keras

    from gridloom_plugins.networks.outputs import activation_for
    from gridloom_plugins.networks.targets import output_shape

    path = folder / FILE
    ended = ended or Ended(epochs, None, work.callbacks(fit))
    if ended.callbacks:
        _set_first_rate(work, fit, model)
    model.save(path)
    own = {type(layer).__name__: type(layer) for layer in model._flatten_layers() if not _is_keras(type(layer))}
    shape = output_shape(model, work.task(fit))
    task = work.data.task
    is_single = math.prod(shape) == 1 or task.kind == "multilabel"
    note = {
        "backend": keras.backend.backend(),
        "task": task.kind,
        "classes": task.n_classes,
        "activation": "linear" if task.is_numeric else activation_for(model.loss, is_single=is_single),
        "own_layers": sorted(f"{layer.__module__}.{layer.__qualname__}" for layer in own.values()),
        "training": {"epochs": epochs, "batch_size": batch_size, "seed": work.seed(fit)}
        | _told(work, fit, model)
        | _ended(work, fit, ended),
    }
    if inputs := work.task(fit).inputs:
        note["inputs"] = {name: list(shape) for name, shape in inputs.items()}
    _check_same(model, path, own, cut_inputs(work.features(fit)[:TRIED_ROWS].astype("float32"), inputs))
    return KeptModel(path, note)


def _told(work: Work, fit: Fit, model: Any) -> dict[str, Any]:
    """What the model was trained on: the targets' code ("numbers", "labels", "one_hot"), and what rows of a class count."""
    import numpy as np

    from gridloom_plugins.networks.targets import targets_of
    from gridloom_plugins.networks.weights import row_weights

    targets = targets_of(work, fit, model)
    coded = "labels" if targets.dtype.kind == "i" else "numbers"
    if work.data.classes and math.prod(targets.shape[1:]) > 1:
        coded = "one_hot"
    rows, _ = work.rows(fit)
    y = work.data.y[rows]
    weights = row_weights(replace(work, data=replace(work.data, weights=None)), fit, rows)
    first = [np.flatnonzero(y == one)[:1] for one in range(len(work.data.classes))]
    by_class = None if weights is None else [float(weights[row].sum()) for row in first]  # 0 for a class without rows
    return {"targets": coded, "class_weights": by_class, "row_weights": work.data.weights is not None}


def _set_first_rate(work: Work, fit: Fit, model: Any) -> None:
    """Let the optimizer have the learning rate that the training began with, whatever callbacks made of it since.

    The file then says how the network was compiled, for those who train it anew.
    """
    import keras

    from gridloom_plugins.networks.drafting import drafted
    from gridloom_plugins.networks.making import make_optimizer

    rate = make_optimizer(*drafted(work, fit)).learning_rate
    if isinstance(rate, keras.Variable):
        model.optimizer.learning_rate = float(keras.ops.convert_to_numpy(rate))


def _ended(work: Work, fit: Fit, ended: Ended) -> dict[str, Any]:
    """How the training ended, and by what it was watched."""
    rows = work.validation_rows(fit)
    return {
        "epochs_trained": ended.epochs,
        "kept_epoch": ended.kept,
        "callbacks": [{"name": part.class_name, **part} for part in ended.callbacks],
        "validation_rows": 0 if rows is None else len(rows),
    }


def _is_keras(layer: type) -> bool:
    return layer.__module__.partition(".")[0] == "keras"


def _check_same(model: Any, path: Path, own: Mapping[str, type], X: Any) -> None:
    """StopRun unless the model in the file is this one: by its weights, with layers of its own by what it predicts, too."""
    import numpy as np

    again = _read(path, own)
    kept, read = model.get_weights(), again.get_weights()
    same = len(kept) == len(read) and all(map(np.array_equal, kept, read))
    if same and own:  # a layer may forget a setting, which Keras's own do not
        before, after = (np.asarray(one(X, training=False)) for one in (model, again))
        same = np.allclose(before, after, rtol=CLOSE, atol=CLOSE, equal_nan=True)
    if not same:
        raise StopRun("the model predicts differently after loading it from its file, so it is not kept")


def load_model(path: Path, note: Mapping[str, Any], modules: Sequence[ModuleType]) -> LoadedModel:
    """The model in a file, and what it predicts; layers of its own are those that the modules define.

    Keras uses the backend that the model was trained on, unless this process, or its variable KERAS_BACKEND, has another.
    """
    keras = _keras(str(note["backend"]))
    own = {name: thing for module in _with_inner(modules) for name, thing in _defined(module)}
    model = _read(path, own)

    def predict(X: NDArray[Any]) -> Predictions:
        import numpy as np

        from gridloom_plugins.networks.outputs import activated, predictions_of

        features = cut_inputs(X.astype("float32", copy=False), note.get("inputs", {}))
        outputs = np.asarray(model.predict(features, batch_size=AT_ONCE, verbose=0))
        outputs = np.asarray(keras.ops.convert_to_numpy(activated(outputs, note["activation"])))
        return predictions_of(outputs, note["task"] if "task" in note else _task_of(note["classes"]))

    return LoadedModel(model, predict)


def _task_of(classes: int) -> str:
    """The task of a model whose note does not tell it: of one target, as all were."""
    return "binary" if classes else "regression"


def _with_inner(modules: Sequence[ModuleType]) -> list[ModuleType]:
    """The modules, and those inside them that have been imported."""
    names = tuple(f"{module.__name__}." for module in modules)
    return [*modules, *(module for name, module in sys.modules.items() if name.startswith(names))]


def _defined(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """The classes and functions that a module defines, by their names."""
    for name, thing in vars(module).items():
        if callable(thing) and getattr(thing, "__module__", None) == module.__name__:
            yield name, thing


def _read(path: Path, own: Mapping[str, Any]) -> Any:
    """The model in a file, which is not compiled; GridloomError in words where Keras cannot, or does not want to."""
    import keras

    try:
        return keras.saving.load_model(path, custom_objects=dict(own), compile=False, safe_mode=True)
    except Exception as error:
        raise GridloomError(f"{path.name} cannot be loaded: {_reason(error)}") from error


def _reason(error: Exception) -> str:
    """Why Keras loads no model, in a sentence with the way out."""
    text = str(error)
    if "Lambda" in text and "deserialization" in text:
        return (
            "it has a Lambda layer, whose Python code Keras does not load from a file, since it could do anything; use "
            "a Keras layer or your own layer class in the builder instead"
        )
    if "Could not locate" in text:
        missing = text.partition("Could not locate ")[2].partition("\n")[0].partition(". ")[0]
        return (
            f"Keras cannot find {missing}; if you trust the model, name the plugin that defines it: -p FILE.py or -p "
            f"MODULE "
            "(in Python, plugins=[...])"
        )
    return f"{type(error).__name__}: {text.rpartition('Exception encountered:')[2].strip() or text}"[:600]


def _keras(backend: str) -> Any:
    """Keras, with this backend where nothing else says which; GridloomError where the one that is said is not installed."""
    with _backend(backend):
        try:
            import keras
        except ModuleNotFoundError as error:
            said = os.environ.get("KERAS_BACKEND")
            if error.name != said:
                raise
            told = f"Keras cannot be imported: KERAS_BACKEND is '{said}', but there is no package '{said}'"
            raise GridloomError(f"{told}; set KERAS_BACKEND to '{backend}', or unset it, and restart Python") from None
    return keras


@contextmanager
def _backend(name: str) -> Iterator[None]:
    """What Keras reads when it is imported first, and not told otherwise."""
    wanted = {"KERAS_BACKEND": name, "TF_CPP_MIN_LOG_LEVEL": "3"}
    new = {} if "keras" in sys.modules else {key: value for key, value in wanted.items() if key not in os.environ}
    os.environ.update(new)
    try:
        yield
    finally:
        for key in new:
            del os.environ[key]
