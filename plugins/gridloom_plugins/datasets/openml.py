"""The data set `openml`: a table from openml.org, by scikit-learn."""

from __future__ import annotations

import warnings
from typing import Annotated, Any

from annotated_types import Ge

from gridloom import Data, DataError, Dataset, GridloomError, spelled
from gridloom_plugins.datasets.cells import Rules
from gridloom_plugins.datasets.frames import data_of
from gridloom_plugins.datasets.kinds import Kind
from gridloom_plugins.datasets.targets import TaskName
from gridloom_plugins.datasets.wanted import Name, Target, Wanted

Positive = Annotated[int, Ge(1)]


class Unreachable(GridloomError):
    """OpenML cannot be reached."""

    exit_code = type(GridloomError.exit_code).MACHINE


def load(
    data: str | int,
    version: Positive | None = None,
    target: Target | None = None,
    features: list[Name] | None = None,
    task: TaskName | None = None,
    drop: list[Name] | None = None,
    types: dict[str, Kind] | None = None,
    groups: Name | None = None,
    order: Name | None = None,
    weights: Name | None = None,
) -> Data:
    """Read a table from openml.org, which scikit-learn downloads once and keeps in its data folder.

    `data` is its name or its number. A name needs a `version`, since the active version may change; a number identifies
    a version. `target` is the column to predict, or a list of columns (null: the target named by OpenML).

    As with the data set `parquet`, `features` are the columns to learn from (null: all others), or `drop` those to
    exclude; `types` overrides what columns contain, as in {zip: category}; `task` says whether whole numbers are
    classes, and several targets labels. `groups`, `order` and `weights` are columns that `validation` or training uses;
    they are not features.
    """
    if isinstance(data, str) and version is None:
        raise DataError(
            f"choose a version of '{data}' with {spelled('version', 1)}, or give its number instead of its name"
        )
    if not isinstance(data, str) and version is not None:
        raise DataError(f"the number {data} already identifies a version; remove 'version'")
    bunch = _fetched(data, version)
    name = _default_target(bunch, data) if target is None else target
    wanted = Wanted.of(name, task, features, drop, types, {"groups": groups, "order": order, "weights": weights})
    return data_of(bunch.frame, f"openml {data}", wanted, task, Rules(frozenset()))


def _default_target(bunch: Any, data: str | int) -> str:
    """The only column that OpenML says is the target."""
    names: list[str] = list(bunch.target_names or ())
    if len(names) != 1:
        have = f"has {len(names)} targets ({', '.join(names[:5])})" if names else "does not name a target"
        raise DataError(f"the data set {data} of OpenML {have}; choose a column with 'target', or list several")
    return names[0]


def _fetched(data: str | int, version: int | None) -> Any:
    """What scikit-learn fetches; a GridloomError where it does not."""
    from http.client import HTTPException
    from urllib.error import HTTPError, URLError

    from sklearn import datasets

    which: dict[str, Any] = {"name": data, "version": version} if isinstance(data, str) else {"data_id": data}
    try:
        with warnings.catch_warnings():
            warnings.filterwarnings("ignore", "A network error occurred")  # which is told below, should it go on
            return datasets.fetch_openml(**which, as_frame=True, parser="pandas", n_retries=1, delay=0.5)
    except (HTTPError, ValueError, KeyError) as error:
        reason = " ".join(str(error).split())[:300]
        raise DataError(f"OpenML does not provide the data set {data}: {reason}") from None
    except (URLError, HTTPException, OSError) as error:
        reason = " ".join(str(error).split())[:200]
        message = f"openml.org cannot be reached ({reason}), and '{data}' has not been downloaded before; try again with a network connection"
        raise Unreachable(message) from None


DATASET = Dataset(name="openml", summary="A table from openml.org.", load=load)
