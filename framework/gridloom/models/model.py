"""A model that has left its run: loaded with its preprocessing, it predicts on new rows."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any

from gridloom.core.boundary import contained
from gridloom.core.inputs import cut_inputs, joined_inputs
from gridloom.core.kept_model import LoadedModel
from gridloom.core.polars_frames import as_pandas
from gridloom.core.predictions import Predictions
from gridloom.core.preparing import numbers_of
from gridloom.core.skops_files import read_skops
from gridloom.errors import DataError, GridloomError, UnknownName
from gridloom.models.card import Card, read_card
from gridloom.models.new_rows import table_of
from gridloom.models.places import find_model
from gridloom.models.unseen import tell_unseen
from gridloom.registry.hookspecs import PROJECT
from gridloom.registry.loading import load_plugin
from gridloom.registry.records import Engine
from gridloom.registry.registry import Registry, load_registry

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from numpy.typing import NDArray

_log = logging.getLogger("gridloom")

CHECKED = ("keras", "scikit-learn")
"""Packages of which another version may predict something else."""


@dataclass(frozen=True, eq=False)
class Model:
    """A model that a run has kept, with its preprocessing.

    - `model`: the Keras or scikit-learn model, which gets the features after preprocessing.
    - `card`: the description of the model in `card.json`.
    - `classes`: the names of the classes, in the order of probabilities; empty if the target is a number.
    - `target_names`: the names of several targets, labels or numbers; empty if there is one.

    In all methods, `X` is a table of pandas or polars with the columns of the card, in any order (other columns are ignored and
    logged), or an array of shape (rows, columns) in the order of the card. Categories that were not seen in training
    are handled by the transform (`one_hot` gives zeros), and their columns are logged. Methods raise
    `gridloom.DataError` for missing columns, cells of another kind, and missing cells in columns that had none in
    training.

    For a model with several inputs, `X` is a dict of arrays of shape (rows, ...) by the names of the inputs.
    """

    folder: Path
    card: dict[str, Any] = field(repr=False)
    _card: Card = field(repr=False)
    _loaded: LoadedModel = field(repr=False)
    _pipeline: Any = field(repr=False)

    @property
    def model(self) -> Any:
        """The Keras or scikit-learn model."""
        return self._loaded.model

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes, in the order of probabilities; empty if the target is a number."""
        return self._card.classes

    @property
    def target_names(self) -> tuple[str, ...]:
        """The names of several targets, labels or numbers; empty if there is one."""
        return self._card.targets

    @property
    def is_multilabel(self) -> bool:
        """Whether the targets are labels, each of which a row has or has not."""
        return self._card.is_multilabel

    def predict(self, X: pd.DataFrame | NDArray[Any] | Mapping[str, NDArray[Any]]) -> NDArray[Any]:
        """The class name or the number predicted for each row; shape (rows,).

        Of several targets, shape (rows, targets): numbers, or 1 for a label that a row has and 0 for one that it has not.
        """
        return predicted(self, X)[0]

    def predict_proba(self, X: pd.DataFrame | NDArray[Any] | Mapping[str, NDArray[Any]]) -> NDArray[np.float64]:
        """The probability of each class, in the order of `classes`, or of each label; shape (rows, classes).

        DataError where the target is a number, and for a model that predicts no probabilities.
        """
        import numpy as np

        found = self._predictions(X)
        if found.probabilities is None:
            raise DataError(why_no_probabilities(self))
        return np.asarray(found.probabilities, np.float64)

    def transform(
        self, X: pd.DataFrame | NDArray[Any] | Mapping[str, NDArray[Any]]
    ) -> pd.DataFrame | NDArray[Any] | dict[str, NDArray[Any]]:
        """The features after preprocessing, as the model gets them: a table of numbers.

        Without preprocessing they are the features themselves; those that are no table are an array, or a dict of arrays
        for several inputs.
        """
        import numpy as np
        import pandas as pd

        X = as_pandas(X)
        if self._card.inputs:
            made: dict[str, NDArray[Any]] = cut_inputs(joined_inputs(X, self._card.inputs), self._card.inputs)
            return made
        if not self._card.columns:
            return self._array(X)
        table = table_of(self._card.columns, X)
        tell_unseen(self._card.columns, self._card.not_trained, table)
        if self._pipeline is None:
            return table
        if table.empty:
            raise DataError("there are no rows")
        try:
            frame = self._pipeline.transform(table)
        except ValueError as error:
            raise DataError(f"the rows cannot be preprocessed: {error}") from error
        try:
            return pd.DataFrame(numbers_of(frame), columns=list(map(str, frame.columns)), dtype=np.float64)
        except ValueError as error:
            raise DataError(str(error)) from error

    def _array(self, X: Any) -> NDArray[Any]:
        """The features as an array of rows of the shape that the model takes."""
        import numpy as np

        found = np.asarray(X)
        if found.shape[1:] != self._card.input_shape or not found.ndim:
            raise DataError(f"the model takes rows of shape {self._card.input_shape}, not an array of {found.shape}")
        if found.dtype.kind not in "biuf" or not np.isfinite(found).all():
            raise DataError("the features should be finite numbers")
        return found

    def _predictions(self, X: Any) -> Predictions:
        import numpy as np

        inputs, X = self._card.inputs, as_pandas(X)
        found = joined_inputs(X, inputs) if inputs else np.asarray(self.transform(X))
        dtype = np.dtype(self._card.content["dtype"])
        features = (
            found.astype(dtype, copy=False) if dtype.kind == "f" else found
        )  # 0.5 is not 0, whatever was there before
        if not len(features):
            raise DataError("there are no rows")
        with contained("the model"):
            return self._loaded.predict(features)


def predicted(model: Model, X: pd.DataFrame | NDArray[Any]) -> tuple[NDArray[Any], NDArray[np.float64] | None]:
    """What `predict` returns for these rows, and what `predict_proba` does or None, of one look at them."""
    import numpy as np

    found = model._predictions(X)  # noqa: SLF001  (of this module)
    if not model.classes and not model.is_multilabel:
        return np.asarray(found.given("values"), np.float64), None
    labels = np.asarray(found.given("labels"), np.int64)
    if model.classes:
        labels = np.asarray(model.classes, dtype=object)[labels]
    return labels, None if found.probabilities is None else np.asarray(found.probabilities, np.float64)


def why_no_probabilities(model: Model) -> str:
    """Why a model predicts no probabilities."""
    tells = model.classes or model.is_multilabel
    numbers = "the targets are numbers" if model.target_names else "the target is a number"
    what = f"{type(model.model).__name__} does not predict them" if tells else numbers
    return f"there are no probabilities: {what}"


def load(run: Path, plugins: Sequence[str] = ()) -> Model:
    """The model that a run has kept, see `gridloom.load`."""
    folder = find_model(run)
    card = read_card(folder)
    modules = modules_of(plugins)
    engine = engine_of(card, plugins, modules)
    if engine.load is None:
        raise GridloomError(
            f"the engine '{engine.name}' keeps models, but cannot load them: read {folder} with the engine's own tools"
        )
    _tell_versions(card)
    pipeline = None
    if name := card.content["preprocessing"]:
        pipeline = read_skops(folder / name, modules)
    with contained(f"the engine '{engine.name}'"):
        loaded = engine.load(folder / card.content["model"], card.content["note"], modules)
    return Model(folder, dict(card.content), card, loaded, pipeline)


def modules_of(plugins: Sequence[str]) -> list[ModuleType]:
    """The modules of plugins, which may define layers and transforms whether they have hooks or not."""
    return [load_plugin(source) for source in plugins]


def registry_of(plugins: Sequence[str], modules: Sequence[ModuleType]) -> Registry:
    """What is installed, and what those of the plugins provide that have hooks."""
    hooked = [source for source, module in zip(plugins, modules, strict=True) if _has_hooks(module)]
    return load_registry(hooked, ())


def engine_of(card: Card, plugins: Sequence[str], modules: Sequence[ModuleType]) -> Engine:
    """The engine that trained a model; GridloomError where no loaded plugin provides it."""
    try:
        return registry_of(plugins, modules).find(Engine, card.content["engine"]).record
    except UnknownName as error:
        raise GridloomError(
            f"the model was trained by the engine '{card.content['engine']}', which no loaded plugin provides; if you trust "
            "the plugin, name it: -p FILE.py or -p MODULE (in Python, plugins=[...])"
        ) from error


def _has_hooks(module: ModuleType) -> bool:
    """Whether a module is a plugin; others may define layers and transforms all the same."""
    return any(hasattr(thing, f"{PROJECT}_impl") for thing in vars(module).values())


def _tell_versions(card: Card) -> None:
    """Log which packages have another version than those that wrote the model, and may predict something else."""
    for name in CHECKED:
        written = card.content["packages"].get(name)
        try:
            here = version(name)
        except PackageNotFoundError:
            continue
        if written and written.split(".")[:2] != here.split(".")[:2]:
            _log.warning("the model was written with %s %s, but is loaded with %s", name, written, here)
