"""Fitted scikit-learn objects in files: by skops, which runs no code that a file holds, as unpickling would."""

from __future__ import annotations

import zipfile
from collections.abc import Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from gridloom.core.files import write_file
from gridloom.errors import GridloomError

_OURS = ("gridloom_plugins.transforms.dense_tfidf.DenseTfidf",)
"""Types of the built-in plugins."""

_HARMLESS = (
    "numpy.dtype",
    "sklearn.compose._column_transformer.make_column_selector",
    "sklearn.ensemble._hist_gradient_boosting.predictor.TreePredictor",
    "sklearn.feature_selection._univariate_selection.f_classif",
    "sklearn.feature_selection._univariate_selection.f_regression",
    "sklearn.neighbors._ball_tree.BallTree",
    "sklearn.neighbors._kd_tree.KDTree",
    "sklearn.neural_network._stochastic_optimizers.AdamOptimizer",
    "sklearn.neural_network._stochastic_optimizers.SGDOptimizer",
    "sklearn.tree._tree.Tree",
    "sklearn.utils._bunch.Bunch",
)
"""What skops leaves to its callers of scikit-learn and numpy: it holds or computes numbers, and runs nothing that a file holds."""

_DISTANCES = "sklearn.metrics._dist_metrics."


def write_skops(path: Path, fitted: object) -> None:
    """Write a fitted scikit-learn object; ValueError for one that skops cannot write."""
    import skops.io

    try:
        content = skops.io.dumps(fitted, compression=zipfile.ZIP_DEFLATED)
    except Exception as error:
        raise ValueError(f"skops cannot write {type(fitted).__name__}: {error}") from error
    write_file(path, content)


def untrusted_types(path: Path) -> list[str]:
    """The full names of the types in a file that skops does not trust by default, in order."""
    import skops.io

    return sorted(skops.io.get_untrusted_types(file=path))


def own_types(path: Path) -> list[str]:
    """The types in a file that are neither scikit-learn's, numpy's or scipy's, nor Gridloom's: full names, in order."""
    return sorted(
        name for name in untrusted_types(path) if name not in (*_OURS, *_HARMLESS) and not name.startswith(_DISTANCES)
    )


def read_skops(path: Path, modules: Sequence[ModuleType] = ()) -> Any:
    """Load the fitted object in a file, which may contain types that these modules define.

    Nothing in the file is executed. Raises GridloomError for a type that is not trusted, and for a file that is damaged
    or missing.
    """
    import skops.io

    try:
        own = own_types(path)
        refused = [name for name in own if not _is_of(name, modules)]
        lost = [name for name in own if _is_lost(name, modules)]
        if not refused and not lost:
            return skops.io.load(path, trusted=untrusted_types(path))
    except Exception as error:
        raise GridloomError(f"{path} cannot be loaded: {type(error).__name__}: {error}") from error
    if lost and lost[0].startswith("__main__.") and "<" not in lost[0]:
        raise GridloomError(
            f"{path} contains {lost[0].removeprefix('__main__.')}, which is defined in the program or the notebook itself, where it "
            "cannot be found again; define it in a module, a file of its own that you import"
        )
    if lost:
        raise GridloomError(
            f"{path} contains {lost[0]}, a lambda or a local function or class, which cannot be loaded again; define it at "
            "the top level of its module"
        )
    raise GridloomError(
        f"{path} contains the type {refused[0]}, which is not part of scikit-learn; if you trust the model, name the "
        f"plugin that "
        "defines it: -p FILE.py or -p MODULE (in Python, plugins=[...])"
    )


def _is_lost(name: str, modules: Sequence[ModuleType]) -> bool:
    """Whether nothing has this name in its module, as with lambdas and what a function defines."""
    home, _, last = name.rpartition(".")
    return last == "<lambda>" or any(home == module.__name__ and not hasattr(module, last) for module in modules)


def _is_of(name: str, modules: Sequence[ModuleType]) -> bool:
    """Whether a type is defined by one of these modules, or of these packages."""
    return any(name.startswith(f"{module.__name__}.") for module in modules)
