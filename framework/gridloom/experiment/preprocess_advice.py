"""What to write where models cannot use columns: the missing steps among those that are there, or columns to exclude."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import Any

from gridloom.core.spelling import spelled, spelled_value
from gridloom.experiment.bound import Bound
from gridloom.experiment.preprocessing import BoundStep
from gridloom.experiment.unusable_columns import Unusable
from gridloom.registry.in_memory import IN_PYTHON
from gridloom.registry.records import Dataset

IMPUTE, ONE_HOT, TEXT_VECTORS, STANDARDIZE = "impute", "one_hot", "text_vectors", "standardize"

ORDER = (IMPUTE, ONE_HOT, TEXT_VECTORS)
"""The steps that make columns usable, in an order in which they work; all others come after them."""

LONGEST_LIST = 1_000
"""How many characters a list of columns may have in a message, so that it is printed in full."""


def steps_to_write(steps: Sequence[BoundStep], unusable: Unusable) -> str:
    """What to write under `preprocess:` so that models can use all columns."""
    needed = _needed(unusable)
    if skipped := [step.name for step in steps if step.may_be_left_out and step.first.name in needed]:
        null = spelled_value(None)
        return f"remove {null} from what is tried for the step '{skipped[0]}', since models cannot use data without it"
    return f"write {spelled('preprocess', _completed(steps, needed), '')}"


def _needed(unusable: Unusable) -> dict[str, Collection[str]]:
    """The transforms that make columns usable, each with those that it has to transform."""
    found = {
        IMPUTE: sorted({*unusable.gaps} - {*unusable.texts}),
        ONE_HOT: unusable.categories,
        TEXT_VECTORS: unusable.texts,
    }
    return {name: columns for name, columns in found.items() if columns}


def _completed(steps: Sequence[BoundStep], needed: Mapping[str, Collection[str]]) -> list[Any]:
    """The steps and those that are needed, in an order in which they work, as an experiment lists them."""
    listed = [(step.first.name, step.written) for step in steps if step.first.name not in needed]
    for name, columns in needed.items():
        own = _own(steps, name, columns)
        place = next((at for at, (other, _) in enumerate(listed) if _rank(other) > _rank(name)), len(listed))
        listed[place:place] = [(name, written) for written in own]
    written = [item for _, item in listed]
    return written if any(map(_is_of_numbers, steps)) else [*written, STANDARDIZE]


def _own(steps: Sequence[BoundStep], name: str, columns: Collection[str]) -> list[Any]:
    """The steps with a transform of this name, the first of which transforms these columns as well."""
    own = [step for step in steps if step.first.name == name]
    if not own:
        return [name]
    first = own[0]
    if first.columns is not None:
        first = replace(first, columns=tuple(dict.fromkeys([*first.columns, *columns])))
    return [step.written for step in (first, *own[1:])]


def _rank(name: str) -> int:
    return ORDER.index(name) if name in ORDER else len(ORDER)


def _is_of_numbers(step: BoundStep) -> bool:
    """Whether a step transforms numbers themselves, as scaling does."""
    return "numeric" in step.first.record.takes and not step.first.record.fills_gaps


def exclusion_to_write(dataset: Bound[Dataset], names: Sequence[str], all_names: Sequence[str]) -> str:
    """How to exclude columns of all that there are, besides those excluded already; empty where there is no way."""
    known, given = dataset.record.options.known, dataset.options
    left = [name for name in all_names if name not in {*names}]
    is_given_in_python = dataset.provided.plugin.name == IN_PYTHON
    if not left or not (is_given_in_python or "drop" in known):
        return ""
    if given.get("features") is not None:
        return _unless_long(spelled("features", left, "dataset"), f"remove {len(names):,} columns from 'features'")
    excluded = [*dict.fromkeys([*map(str, given.get("drop") or ()), *(name for name in all_names if name in names)])]
    long = "list the columns to learn from under 'features'" if "features" in known else ""
    return _unless_long(spelled("drop", excluded, "dataset"), long)


def _unless_long(text: str, instead: str) -> str:
    return text if len(text) <= LONGEST_LIST else instead
