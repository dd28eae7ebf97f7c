"""Whether the steps of preprocessing that an experiment names suit its data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from gridloom.core.columns import CODED, StepKind
from gridloom.core.data import Data
from gridloom.core.inputs import told
from gridloom.core.preparing import columns_of
from gridloom.errors import Location, Problem, nearest
from gridloom.experiment.bound import Bound
from gridloom.experiment.preprocess_advice import exclusion_to_write, steps_to_write
from gridloom.experiment.preprocessing import BoundStep
from gridloom.experiment.unusable_columns import Unusable, have, some
from gridloom.registry.records import Dataset, Transform


def problems_with(steps: Sequence[BoundStep], data: Data, dataset: Bound[Dataset]) -> list[Problem]:
    """Why these steps cannot prepare these data, each with what to write."""
    if steps and not data.is_table:
        what = f"a row of these data has the shape {data.X.shape[1:]}"
        if data.inputs:
            what = f"these data have several inputs, {told(data.inputs)}"
        return [Problem(steps[0].location, f"preprocessing is for tables, but {what}; remove it")]
    found, unusable = _of_table(steps, data)
    return [_left(steps, unusable, data, dataset)] if unusable and not found else found


def _of_table(steps: Sequence[BoundStep], data: Data) -> tuple[list[Problem], Unusable]:
    """What is wrong with the steps, and the columns that models cannot use after them."""
    found: list[Problem] = []
    refusals: list[tuple[Location, str]] = []
    refused: set[str] = set()
    kinds: dict[str, StepKind] = {column.name: column.kind for column in columns_of(data)} if steps else {}
    coded: dict[str, StepKind] = {column.name: column.kind for column in data.columns if column.is_coded}
    gaps = {column.name for column in data.columns if column.gaps}
    there: set[StepKind] = set(kinds.values())
    for step in steps:
        if problem := _nothing_to_do(step, there, kinds):
            found.append(Problem(step.location, problem))
            continue
        for way in step.ways.values():
            item = way.record
            taken = set(step.columns or [name for name, kind in kinds.items() if kind in item.takes])
            if problem := _refusal_of_texts(way, data, {name for name in coded if name in taken}):
                found.append(Problem(step.location, problem))
            elif problem := _refusal_of_gaps(way, data, gaps & taken):
                refusals.append((step.location, problem))
                refused |= gaps & taken
            if item.gives:
                there = {*(there if step.columns or step.may_be_left_out else there - {*item.takes}), item.gives}
                kinds = {name: kind for name, kind in kinds.items() if name not in taken}
                coded = {name: kind for name, kind in coded.items() if name not in taken or item.gives in CODED}
            gaps -= taken if item.fills_gaps and not step.may_be_left_out else set()
    if refusals:
        to_write = steps_to_write(steps, Unusable(coded, gaps | refused))
        found += [Problem(location, f"{problem}; {to_write}") for location, problem in refusals]
    return found, Unusable(coded, gaps)


def _left(steps: Sequence[BoundStep], unusable: Unusable, data: Data, dataset: Bound[Dataset]) -> Problem:
    """The problem of columns that no step makes usable."""
    exclusion = exclusion_to_write(dataset, unusable.names, [column.name for column in data.columns])
    way_out = steps_to_write(steps, unusable) + (f", or exclude columns: {exclusion}" if exclusion else "")
    location = steps[0].location if steps else dataset.location
    return Problem(location, f"{unusable.told}, which models cannot use; {way_out}")


def _nothing_to_do(step: BoundStep, there: set[StepKind], kinds: Mapping[str, StepKind]) -> str | None:
    """Why a step would have nothing to do."""
    if step.columns is not None:
        unknown = [name for name in step.columns if name not in kinds]
        return f"there is no column '{unknown[0]}' at this step; {nearest(unknown[0], kinds)}" if unknown else None
    for item in step.ways.values():
        if not there & {*item.record.takes}:
            takes, left = " or ".join(item.record.takes), ", ".join(sorted(there))
            return f"'{item.name}' is for {takes} columns, and there are none here (only {left}); remove it"
    return None


def _refusal_of_texts(way: Bound[Transform], data: Data, coded: set[str]) -> str | None:
    """Why one of scikit-learn's transformers would refuse the texts of its columns."""
    item = way.record
    if not coded or {*CODED} & {*item.takes}:
        return None
    tags = _tags(way, data)
    if tags is None or tags.string or tags.categorical:
        return None
    told = f"'{item.name}' is for {' or '.join(item.takes)} columns, but {some(sorted(coded))}"
    return f"{told} {have(coded, 'contains text', 'contain text')}; remove {have(coded, 'it', 'them')} from 'columns'"


def _refusal_of_gaps(way: Bound[Transform], data: Data, gaps: set[str]) -> str | None:
    """Why one of scikit-learn's transformers would refuse the missing cells of its columns."""
    item = way.record
    if not gaps or item.fills_gaps:
        return None
    tags = _tags(way, data)
    if tags is None or tags.allow_nan:
        return None
    return f"'{item.name}' does not accept missing cells, which {some(sorted(gaps))} {have(gaps, 'has', 'have')}"


def _tags(way: Bound[Transform], data: Data) -> Any:
    """What scikit-learn's transformers say that they take; None for others, of which nobody knows."""
    transformer = way(*([data.task] if way.record.filled else []))
    is_known = type(transformer).__module__.startswith("sklearn.")
    return transformer.__sklearn_tags__().input_tags if is_known else None
