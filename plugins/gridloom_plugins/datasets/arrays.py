"""The data set `arrays`: numpy arrays from a file of your own."""

from __future__ import annotations

import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gridloom import Data, Dataset, InputFile, InvalidInput, Location, nearest
from gridloom_plugins.datasets.in_python import data_of_arrays
from gridloom_plugins.datasets.several_targets import targets_in_array
from gridloom_plugins.datasets.targets import TaskName

if TYPE_CHECKING:
    from numpy.typing import NDArray


def load(
    path: InputFile,
    X: str | tuple[str, ...] | dict[str, str] = "X",
    y: str = "y",
    y_path: InputFile | None = None,
    task: TaskName | None = None,
    groups: str | None = None,
    order: str | None = None,
    folds: str | None = None,
    weights: str | None = None,
) -> Data:
    """Read features and targets from an .npz file or two .npy files, without pickled objects.

    `X` and `y` are the names of the arrays in the .npz file: features of shape (rows, ...) and one target per row. If
    `X` is a list of names, or a mapping from names of a model's inputs to names of arrays, each is one of several
    inputs. With .npy files, `path` contains the features and `y_path` the targets. Text targets are classes, and so are
    whole numbers with at most 20 different values, unless `task` is regression. Targets of shape (rows, targets) are
    several numbers, or labels of 0 and 1 if `task` is multilabel. `groups`, `order`, `folds` and `weights` are names of
    arrays with one number per row, which are not features.
    """
    import numpy as np

    beside = {"groups": groups, "order": order, "folds": folds, "weights": weights}
    names = {field: name for field, name in beside.items() if name is not None}
    found = read(path)
    features: NDArray[Any] | Mapping[str, NDArray[Any]]
    if isinstance(found, np.ndarray):
        if y_path is None or names:
            message = (
                "an .npy file contains one array; name the file of the targets with 'y_path', or save all arrays in an "
                ".npz file"
            )
            raise InvalidInput.at(Location(str(path)), message)
        if not isinstance(X, str):
            raise InvalidInput.at(
                Location(str(path)), "an .npy file contains one array; several inputs need an .npz file"
            )
        features, targets = found, read(y_path)
        if not isinstance(targets, np.ndarray):
            raise InvalidInput.at(Location(str(y_path)), "the targets of an .npy file should be an .npy file as well")
    elif y_path is not None:
        raise InvalidInput.at(
            Location(str(path)), "this file contains the targets as well; use 'y' instead of 'y_path'"
        )
    else:
        features, targets = _features(found, X, path), _named(found, y, path)
    learned = targets_in_array(targets, y, task, Location(str(y_path or path)))
    arrays: dict[str, Any] = {field: _named(found, name, path) for field, name in names.items()}
    return Data(features, **learned, **arrays)


def new_rows(
    path: Path, *, X: str | tuple[str, ...] | dict[str, str] = "X", **_: Any
) -> tuple[list[str], NDArray[Any] | Mapping[str, NDArray[Any]]]:
    """No names, and the features in an .npy file, or those of the names in an .npz file."""
    found = read(path)
    return [], _features(found, X, path) if isinstance(found, Mapping) else found


def _features(
    arrays: Mapping[str, NDArray[Any]], names: str | tuple[str, ...] | dict[str, str], path: Path
) -> NDArray[Any] | Mapping[str, NDArray[Any]]:
    """The array of this name, or the arrays of several inputs by their names."""
    if isinstance(names, str):
        return _named(arrays, names, path)
    by_input = names if isinstance(names, dict) else dict.fromkeys(names)
    return {name: _named(arrays, array or name, path) for name, array in by_input.items()}


def read(path: Path) -> NDArray[Any] | Mapping[str, NDArray[Any]]:
    """The array in an .npy file, or those in an .npz file by name; InvalidInput for anything else."""
    import numpy as np

    place = Location(str(path))
    try:
        with path.open("rb") as file:
            loaded = np.load(file, allow_pickle=False)
            return loaded if isinstance(loaded, np.ndarray) else {name: loaded[name] for name in loaded.files}
    except (ValueError, OSError, EOFError, zipfile.BadZipFile, KeyError) as error:
        if "allow_pickle" in str(error) or "pickle" in str(error):
            message = "this file contains pickled Python objects, or is not an .npy or .npz file; only arrays of numbers and text are read"
        else:
            message = f"this cannot be read as .npy or .npz: {' '.join(str(error).split())[:200]}"
        raise InvalidInput.at(place, message) from None


def _named(arrays: NDArray[Any] | Mapping[str, NDArray[Any]], name: str, path: Path) -> NDArray[Any]:
    known: Mapping[str, NDArray[Any]] = arrays if isinstance(arrays, Mapping) else {}
    if name not in known:
        raise InvalidInput.at(Location(str(path)), f"there is no array '{name}' in this file; {nearest(name, known)}")
    return known[name]


DATASET = Dataset(
    name="arrays",
    summary="Features and targets from .npz or .npy files.",
    load=load,
    new_rows=new_rows,
    of_arrays=data_of_arrays,
)
