"""A plugin of tiny parts: data, an estimator and networks that train in no time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Annotated, Any

from annotated_types import Gt

from gridloom.core.columns import Column, ColumnKind
from gridloom.core.data import Data, Task, TaskKind
from gridloom.core.deciding import Decision, Epoch
from gridloom.registry.hookspecs import hookimpl
from gridloom.registry.records import Callback, Dataset, ModelBuilder
from gridloom.testing.networks import CLASSES, FEATURES, TARGETS, Network

ROWS = 48


def load(task: TaskKind = "binary") -> Data:
    """Rows of four normal features; `task` says whether to learn two classes, three, a number, two labels or two numbers.

    What there is to learn hangs on the sum of the features, or of the first two and of the last two, with some noise.
    """
    import numpy as np

    rng = np.random.default_rng(0)
    X = rng.normal(size=(ROWS, FEATURES)).astype("float32")
    y = X.sum(axis=1) + 0.3 * rng.normal(size=ROWS)
    names = tuple(f"x{number}" for number in range(FEATURES))
    if task == "regression":
        return Data(X, y, names)
    if task in ("multilabel", "multioutput"):
        sums = np.column_stack([X[:, :2].sum(axis=1), X[:, 2:].sum(axis=1)]) + 0.3 * rng.normal(size=(ROWS, TARGETS))
        is_labels = task == "multilabel"
        return Data(X, sums > 0 if is_labels else sums, names, target_names=("left", "right"), multilabel=is_labels)
    classes = 2 if task == "binary" else CLASSES
    return Data(
        X,
        np.argsort(np.argsort(y)) * classes // ROWS,
        names,
        classes=tuple("abc"[:classes]),
        positive="b" if task == "binary" else None,
    )


def load_table(
    task: TaskKind = "binary",
    kinds: tuple[ColumnKind, ...] = ("numeric", "category", "boolean", "date", "text"),
    gaps: bool = False,
) -> Data:
    """The rows of `load` as a table that has two columns of each of these `kinds`, with missing cells if there are `gaps`.

    `task` is as there; text columns have no gaps.
    """
    import numpy as np

    rng, plain = np.random.default_rng(1), load(task)
    columns, cells = [], []
    for kind in kinds:
        for number in range(2):
            values = {"category": ("low", "middle", "high"), "text": tuple(f"word{n} of text" for n in range(8))}.get(
                kind, ()
            )
            found = rng.integers(0, len(values) or 2, ROWS).astype(float)
            if kind in ("numeric", "date"):
                found = plain.X[:, number] * 10 + 20
            has_gaps = gaps and kind != "text"
            found[rng.permutation(ROWS)[: 5 * has_gaps]] = np.nan
            columns.append(Column(f"{kind} {number}", kind, values, has_gaps))
            cells.append(found)
    return replace(plain, X=np.column_stack(cells), columns=tuple(columns))


def build_estimator(task: Task, C: Annotated[float, Gt(0)] = 1.0) -> Any:
    """Logistic regression (one a label), or ridge regression where targets are numbers; `C` is the inverse of the penalty."""
    from sklearn.linear_model import LogisticRegression, Ridge
    from sklearn.multioutput import MultiOutputClassifier

    if task.is_numeric:
        return Ridge(1 / C)
    return LogisticRegression(C=C) if task.n_classes else MultiOutputClassifier(LogisticRegression(C=C))


def build_network(task: Task, network: Network = "dense") -> Any:
    """A network of Keras; `network` says which one, as in `gridloom.testing.draft_of`."""
    import keras

    outputs, activation, loss = {
        "binary": (1, "sigmoid", keras.losses.BinaryCrossentropy()),
        "multiclass": (task.n_classes, "softmax", keras.losses.SparseCategoricalCrossentropy()),
        "regression": (1, "linear", keras.losses.MeanSquaredError()),
        "multilabel": (task.n_outputs, "sigmoid", keras.losses.BinaryCrossentropy()),
        "multioutput": (task.n_outputs, "linear", keras.losses.MeanSquaredError()),
    }[task.kind]
    start = keras.Input(task.input_shape)
    end = keras.layers.Dense(outputs, activation, name="output")
    if network == "functional":
        sides = [
            keras.layers.Dense(5, "relu", name="left")(start),
            keras.layers.Dense(3, "tanh", name="right")(start),
        ]
        model = keras.Model(start, end(keras.layers.Concatenate(name="together")(sides)))
    else:
        model = keras.Sequential([start, *_hidden(network, task), end])
    model.compile(optimizer="adam", loss=loss)
    return model


def _hidden(network: str, task: Task) -> list[Any]:
    from keras.layers import LSTM, Activation, BatchNormalization, Conv1D, Dense, Flatten, Reshape

    sequence = (*task.input_shape, 1)
    if network == "dense":
        return [Dense(5, "relu", name="hidden")]
    if network == "deep":
        return [Dense(5, "relu", name="first"), Dense(3, "tanh", name="second")]
    if network == "normalized":
        normalization, activation = BatchNormalization(name="normalization"), Activation("relu", name="activation")
        return [Dense(5, "linear", name="wide"), normalization, activation]
    if network == "convolutional":
        convolution = Conv1D(3, 2, activation="relu", name="convolution")
        return [
            Reshape(sequence, name="sequence"),
            convolution,
            Flatten(name="flat"),
            Dense(3, "relu", name="hidden"),
        ]
    if network == "recurrent":
        return [Reshape(sequence, name="sequence"), LSTM(3, name="memory")]
    return []


@dataclass(frozen=True)
class TinyCallback:
    """Does as configured after given epochs: `stop`, `keep` the weights, or `freeze` them by a learning rate of 0."""

    stop: int | None = None
    keep: int | None = None
    freeze: int | None = None

    def after_epoch(self, epoch: Epoch) -> Decision:
        """What is to be done after this epoch."""
        rate = 0.0 if epoch.number == self.freeze else None
        return Decision(epoch.number == self.stop, rate, epoch.number == self.keep)


@hookimpl
def gridloom_callbacks() -> Iterator[Callback]:
    """A callback that does the same whatever is noted."""
    yield Callback("tiny-callback", "Stops, keeps and freezes as configured, for tests.", TinyCallback)


@hookimpl
def gridloom_datasets() -> Iterator[Dataset]:
    """Numbers, and a table, of 48 rows."""
    yield Dataset("tiny", "48 rows of 4 numbers, for tests.", load)
    yield Dataset("tiny-table", "48 rows of a table with columns of all kinds, for tests.", load_table)


@hookimpl
def gridloom_model_builders() -> Iterator[ModelBuilder]:
    """An estimator, and networks of all kinds."""
    yield ModelBuilder("tiny-estimator", "A linear model by scikit-learn, for tests.", build_estimator, "estimator")
    yield ModelBuilder("tiny-network", "A small network by Keras, for tests.", build_network)
