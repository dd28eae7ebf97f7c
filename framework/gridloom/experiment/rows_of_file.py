"""The rows of a file that `test: {path: FILE}` names: read as the data set reads its own, and never searched."""

from __future__ import annotations

from pathlib import Path

from gridloom.core.boundary import contained, restored
from gridloom.core.data import MIN_ROWS, Data
from gridloom.errors import DataError, InvalidInput
from gridloom.experiment.experiment import Experiment
from gridloom.experiment.holding_out import HeldOutRows


def rows_of_file(experiment: Experiment, data: Data, file: Path) -> HeldOutRows:
    """All rows of these data as those that are searched, and those of the file behind them as those that are held out.

    InvalidInput where the file cannot be read so, or is that of the data themselves; DataError for what a plugin returns that
    are not these rows.
    """
    import numpy as np

    dataset = experiment.dataset
    own = dataset.options.get("path")
    if isinstance(own, Path) and own.exists() and file.samefile(own):
        place = experiment.source.node.locate(("test", "path"))
        raise InvalidInput.at(place, "this is the data set's own file, whose rows are searched; name another file")
    extend = dataset.record.extend
    if extend is None:
        raise DataError(f"the data set '{dataset.name}' cannot read test rows from another file")
    with restored(), contained(dataset.told):
        whole = extend(data, file, **dataset.options)
    searched = len(data.y)
    if not isinstance(whole, Data) or not _begins_with(whole, data):
        raise DataError(f"the data set '{dataset.name}' should append the rows of {file.name} to its own")
    tested = np.arange(searched, len(whole.y))
    if len(tested) < MIN_ROWS:
        raise DataError(f"{file} has {len(tested)} row(s); scoring a model needs at least {MIN_ROWS}")
    return HeldOutRows(np.arange(searched), tested, f"from {file.name}", whole)


def _begins_with(whole: Data, data: Data) -> bool:
    import numpy as np

    rows = len(data.y)
    same = np.array_equal(whole.y[:rows], data.y) and np.array_equal(whole.X[:rows], data.X, equal_nan=True)
    return same and (whole.classes, whole.feature_names) == (data.classes, data.feature_names)
