"""Features of models with several inputs: arrays by name, kept side by side in one array of shape (rows, values)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from gridloom.errors import DataError, nearest

if TYPE_CHECKING:
    from numpy.typing import NDArray

Shapes = Mapping[str, tuple[int, ...]]
"""The shape of a row of each input, by its name, in the order in which their values stand side by side."""

FEWEST = 2
"""Fewer inputs need no names."""

FLAT = 2
"""How many axes there are when all inputs stand side by side: rows and values."""

EXACT = 2**24
"""Up to here, float32 holds every whole number."""

SMALL = ("bool", "int8", "int16", "uint8", "uint16")
"""Types of whole numbers of which float32 holds every value."""

_NARROW = (*SMALL, "float16", "float32")
"""Types of which float32 holds every value."""


def side_by_side(arrays: Mapping[str, Any]) -> tuple[NDArray[Any], dict[str, tuple[int, ...]]]:
    """All inputs in one array of shape (rows, values), in their order, and the shape of a row of each.

    An array of shape (rows,) is taken for one of shape (rows, 1). The array has the narrowest type that holds all values
    of the inputs' types, but at most float32, as which networks get their features.

    Raises DataError for fewer than two inputs, a name that Keras does not take, arrays of different numbers of rows, values
    that are not numbers, and for whole numbers that float32 would round, in arrays of whole numbers.
    """
    import numpy as np

    if len(arrays) < FEWEST:
        raise DataError(f"X is a dict of {len(arrays)} array(s), but needs at least two inputs; pass the array itself")
    rows = None
    shapes: dict[str, tuple[int, ...]] = {}
    for name, values in arrays.items():
        _check_input(name, values)
        rows = len(values) if rows is None else rows
        if len(values) != rows:
            first = next(iter(arrays))
            raise DataError(f"the input '{name}' has {len(values)} rows, but '{first}' has {rows}")
        shapes[name] = tuple(values.shape[1:]) or (1,)
    widest = np.result_type(*arrays.values())
    X = np.empty((rows or 0, sum(map(math.prod, shapes.values()))), widest if widest.name in _NARROW else "float32")
    with np.errstate(over="ignore"):  # infinite numbers are refused with all others
        for place, values in zip(_places(shapes).values(), arrays.values(), strict=True):
            X[:, place] = values.reshape(len(values), place.stop - place.start)
    return X, shapes


def _check_input(name: object, values: Any) -> None:
    """DataError for a name or an array that cannot be an input."""
    import numpy as np

    if not isinstance(name, str) or not name or "/" in name:
        raise DataError(f"the name of an input should be text without '/', not {name!r}")
    if not isinstance(values, np.ndarray):
        raise DataError(f"the input '{name}' should be a numpy array, not {type(values).__name__}")
    if values.dtype.kind not in "biuf":
        raise DataError(f"the input '{name}' does not contain numbers (its type is {values.dtype})")
    if not values.ndim or 0 in values.shape[1:]:
        raise DataError(f"the input '{name}' has the shape {values.shape}, so its rows are empty")
    if values.dtype.kind in "iu" and values.size and max(int(values.max()), -int(values.min())) > EXACT:
        number = max(int(values.max()), int(values.min()), key=abs)
        raise DataError(
            f"the input '{name}' contains the whole number {number}, but networks compute in float32, which rounds "
            f"whole numbers above {EXACT}; number ids from 0, or give quantities as an array of floats"
        )


def checked_shapes(shapes: Any, X: NDArray[Any], named: str) -> dict[str, tuple[int, ...]]:
    """The shapes of the inputs that stand side by side in X; DataError unless they suit it, or it has `named`, such as columns."""
    try:
        found = {str(name): tuple(map(int, shape)) for name, shape in dict(shapes).items()}
    except (TypeError, ValueError):
        raise DataError(f"inputs should be shapes by name, such as {{'image': (28, 28)}}, not {shapes!r}") from None
    total = sum(map(math.prod, found.values()))
    if found and (X.ndim != FLAT or X.shape[1] != total):
        raise DataError(f"the inputs have {total} values a row, but the features have the shape {X.shape}")
    if found and named:
        raise DataError(f"data with several inputs have no {named}: remove them")
    return found


def _places(shapes: Shapes) -> dict[str, slice]:
    """Where the values of each input stand."""
    found, begin = {}, 0
    for name, shape in shapes.items():
        found[name] = slice(begin, begin := begin + math.prod(shape))
    return found


def cut_inputs(X: Any, inputs: Mapping[str, tuple[int, ...]]) -> Any:
    """Cut features of shape (rows, values) into the inputs of a model: arrays of shape (rows, *shape) by name.

    `inputs` gives the shapes by name, as `Task.inputs` does; if it is empty, X itself is returned. X may be a NumPy or
    JAX array; the result is a view where possible.
    """
    if not inputs:
        return X
    places = _places(inputs)
    return {name: X[:, places[name]].reshape(-1, *shape) for name, shape in inputs.items()}


def joined_inputs(X: Any, inputs: Shapes) -> NDArray[Any]:
    """New rows for a model with these inputs, side by side: of a mapping of arrays in any order.

    DataError for names, shapes or numbers of rows that are wrong, and for values that are not finite.
    """
    import numpy as np

    if not isinstance(X, Mapping):
        raise DataError(f"the model has several inputs: pass a dict of arrays by name, {told(inputs)}")
    if missing := [name for name in inputs if name not in X]:
        raise DataError(f"there is no input '{missing[0]}'; {nearest(missing[0], list(X))}")
    if others := [name for name in X if name not in inputs]:
        raise DataError(f"the model has no input {others[0]!r}, but {told(inputs)}")
    arrays = {name: np.asarray(X[name]) for name in inputs}
    for name, shape in inputs.items():
        _check_input(name, arrays[name])
        if (tuple(arrays[name].shape[1:]) or (1,)) != shape:
            raise DataError(f"the input '{name}' takes rows of shape {shape}, not an array of {arrays[name].shape}")
    found, _ = side_by_side(arrays)
    if not np.isfinite(found).all():
        raise DataError("the features should be finite numbers")
    return found


def told(inputs: Shapes) -> str:
    """The inputs in words: "'image' (28, 28), 'table' (5,)"."""
    return ", ".join(f"'{name}' {shape}" for name, shape in inputs.items())
