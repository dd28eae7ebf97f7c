"""What a run says of its splits before it trains: what the data tell of their rows, and the splits do not heed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from gridloom.core.data import Data
from gridloom.core.spelling import spelled
from gridloom.core.split import Split
from gridloom.experiment.holding_out import HeldOutRows

if TYPE_CHECKING:
    from numpy.typing import NDArray

_DRAWN = ("shuffle_split", "leave_one_out")
"""Methods that train on rows from all times, without an option that says so."""


def notes_on(data: Data, splits: Sequence[Split], validation: Mapping[str, Any]) -> Iterator[str]:
    """A sentence for each of groups, order and folds that the data have and these splits do not heed.

    `validation` holds the settings of the splits with their defaults.
    """
    method = validation["method"]
    if data.groups is not None and (parted := _parted(data.groups, splits)) is not None:
        other = "stratified_group_kfold" if method == "stratified_kfold" else "group_kfold"
        advice = (
            "number the folds by group"
            if method == "predefined"
            else f"{spelled('method', other)} keeps groups together"
        )
        yield (
            f"rows of the same group both train and test in a split (for example fold {parted.fold}), so scores are "
            f"too high for new groups; {advice}"
        )
    if data.order is not None:
        yield from _on_order(data, splits, validation)
    if data.folds is not None and method != "predefined":
        yield f"the data have folds, which {method} ignores; {spelled('method', 'predefined')} uses them"


def notes_on_held_out(data: Data, held: HeldOutRows | None) -> Iterator[str]:
    """What to know of the rows that are held out: if they are among those that are searched, or known by group or time."""
    if held is None:
        return
    if held.whole is not None:
        yield from _on_file(held.whole, held)
    elif data.order is not None:
        if data.groups is not None and _parted(data.groups, [held.split]) is not None:
            yield "the last rows in time are held out, but rows of their groups are searched, so scores on them are for known groups"
        if data.order[held.searched].max() == data.order[held.tested].min():
            yield "some of the held-out rows have the same time as rows that are searched"


def _on_file(whole: Data, held: HeldOutRows) -> Iterator[str]:
    """Sentences on rows of a file that the search knows, and on those that are earlier than what it learns from."""
    known = {row.tobytes() for row in whole.X[held.searched]}
    if same := sum(row.tobytes() in known for row in whole.X[held.tested]):
        yield (
            f"{same:,} of the {len(held.tested):,} rows {held.how} have the same features as rows that are searched; "
            f"if they are the same rows, scores on them are too high"
        )
    if whole.order is not None and whole.order[held.tested].min() < whole.order[held.searched].max():
        yield f"some of the rows {held.how} are earlier than rows that are searched"


def _on_order(data: Data, splits: Sequence[Split], validation: Mapping[str, Any]) -> Iterator[str]:
    method = validation["method"]
    if method == "time_series":
        order = data.order
        tied = [split for split in splits if order is not None and order[split.train].max() == order[split.test].min()]
        if tied:
            yield (
                f"rows of the same time train and test in {len(tied)} of {len(splits)} splits; 'gap: ROWS' skips rows "
                f"between them"
            )
    elif validation.get("shuffle", method in _DRAWN):
        yield (
            "the data are ordered in time, but folds of shuffled rows train on rows later than those they test, so "
            "scores are too high for the future; 'method: time_series' avoids this"
        )


def _parted(groups: NDArray[Any], splits: Sequence[Split]) -> Split | None:
    """The first of the splits that has rows of one group on both sides."""
    import numpy as np

    return next((split for split in splits if np.isin(groups[split.test], groups[split.train]).any()), None)
