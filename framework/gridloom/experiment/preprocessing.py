"""The steps of preprocessing that an experiment names, and whether they suit a data set."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridloom.core.columns import CODED, StepKind
from gridloom.core.data import Data
from gridloom.core.inputs import told
from gridloom.core.preparing import columns_of
from gridloom.core.recipe import RecipeStep
from gridloom.errors import Location, Problem, nearest
from gridloom.experiment.bound import Bound
from gridloom.registry.records import Transform


@dataclass(frozen=True)
class BoundStep:
    """A step by its name: the transform that stands there, others that are searched in its place, and its columns.

    `ways` are by the names that the experiment gives them, the first one without a choice; `columns` is None for all
    columns of the kinds that a transform is meant for. `may_be_left_out` says whether candidates may skip the step.
    """

    name: str
    ways: Mapping[str, Bound[Transform]]
    columns: tuple[str, ...] | None
    location: Location
    may_be_left_out: bool = False

    @property
    def resolved(self) -> dict[str, Any]:
        """The step with its options and their defaults, as plain data."""
        first = next(iter(self.ways.values()))
        columns = {} if self.columns is None else {"columns": [*self.columns]}
        named = {} if self.name == first.name else {"step": self.name}
        return {**first.resolved, **columns, **named}

    @property
    def recipe(self) -> RecipeStep:
        """What a worker needs of the step."""
        return RecipeStep(self.name, {name: item.selected for name, item in self.ways.items()}, self.columns)


def problems_with(steps: Sequence[BoundStep], data: Data, nowhere: Location) -> Iterator[Problem]:
    """Why these steps cannot prepare these data; `nowhere` is the problem of columns that models cannot use."""
    if steps and not data.is_table:
        what = f"a row of these data has the shape {data.X.shape[1:]}"
        if data.inputs:
            what = f"these data have several inputs, {told(data.inputs)}"
        text = f"preprocessing is for tables, but {what}; remove it"
        yield Problem(steps[0].location, text)
        return
    found = False
    kinds: dict[str, StepKind] = {column.name: column.kind for column in columns_of(data)} if steps else {}
    coded = {column.name: column.kind for column in data.columns if column.is_coded}
    gaps = {column.name for column in data.columns if column.gaps}
    there: set[StepKind] = set(kinds.values())
    for step in steps:
        problem = _problem_with(step, there, kinds)
        if problem:
            found = True
            yield Problem(step.location, problem)
            continue
        for way in step.ways.values():
            item = way.record
            taken = set(step.columns or [name for name, kind in kinds.items() if kind in item.takes])
            if problem := _refusal(way, data, gaps & taken, {name for name in coded if name in taken}):
                found = True
                yield Problem(step.location, problem)
            if item.gives:
                there = {*(there if step.columns or step.may_be_left_out else there - {*item.takes}), item.gives}
                kinds = {name: kind for name, kind in kinds.items() if name not in taken}
                coded = {name: kind for name, kind in coded.items() if name not in taken or item.gives in CODED}
            gaps -= taken if item.fills_gaps and not step.may_be_left_out else set()
    if not found and (coded or gaps):
        yield Problem(steps[0].location if steps else nowhere, _left(coded, gaps))


def _problem_with(step: BoundStep, there: set[StepKind], kinds: Mapping[str, StepKind]) -> str | None:
    """Why a step would have nothing to do."""
    if step.columns is not None:
        unknown = [name for name in step.columns if name not in kinds]
        return f"there is no column '{unknown[0]}' at this step; {nearest(unknown[0], kinds)}" if unknown else None
    for item in step.ways.values():
        if not there & {*item.record.takes}:
            takes, left = " or ".join(item.record.takes), ", ".join(sorted(there))
            return f"'{item.name}' is for {takes} columns, and there are none here (only {left}); remove it"
    return None


def _refusal(way: Bound[Transform], data: Data, gaps: set[str], coded: set[str]) -> str | None:
    """Why one of scikit-learn's transformers would refuse the missing cells, or the texts, of its columns."""
    item = way.record
    gaps = set() if item.fills_gaps else gaps
    coded = set() if {*CODED} & {*item.takes} else coded
    if not gaps and not coded:
        return None
    transformer = way(*([data.task] if item.filled else []))
    if not type(transformer).__module__.startswith("sklearn."):
        return None  # of others, nobody knows
    tags = transformer.__sklearn_tags__().input_tags
    if coded and not tags.string and not tags.categorical:
        told = f"'{item.name}' is for {' or '.join(item.takes)} columns, but {_some(sorted(coded))}"
        return (
            f"{told} {_have(coded, 'contains text', 'contain text')}; remove {_have(coded, 'it', 'them')} from "
            f"'columns'"
        )
    if gaps and not tags.allow_nan:
        told = f"'{item.name}' does not accept missing cells, which {_some(sorted(gaps))} {_have(gaps, 'has', 'have')}"
        return f"{told}; write 'impute' before it"
    return None


def _left(coded: Mapping[str, StepKind], gaps: set[str]) -> str:
    """What no model can take, and what to write."""
    texts = [name for name, kind in coded.items() if kind == "text"]
    categories = [name for name, kind in coded.items() if kind != "text"]
    parts = []
    if categories:
        parts.append(f"{_some(categories)} {_have(categories, 'contains categories', 'contain categories')}")
    if texts:
        parts.append(f"{_some(texts)} {_have(texts, 'contains text', 'contain text')}")
    if gaps:
        parts.append(f"{_some(sorted(gaps))} {_have(gaps, 'has missing cells', 'have missing cells')}")
    steps = [
        *(["impute"] if gaps - {*texts} else []),
        *(["one_hot"] if categories else []),
        *(["text_vectors"] if texts else []),
    ]
    names = [*categories, *texts, *sorted(gaps - {*categories, *texts})]
    return (
        f"{', and '.join(parts)}, which models cannot use; write 'preprocess: [{', '.join([*steps, 'standardize'])}]' "
        f"with the missing steps, or exclude columns with 'drop: [{', '.join(names[:3])}]' next to the data set's name"
    )


def _have(names: Sequence[str] | set[str], one: str, several: str) -> str:
    return one if len(names) == 1 else several


def _some(names: Sequence[str]) -> str:
    shown = ", ".join(f"'{name}'" for name in names[:3])
    more = f" and {len(names) - 3} more" if len(names) > 3 else ""  # noqa: PLR2004  (those that are shown)
    return f"the column {shown}" if len(names) == 1 else f"the columns {shown}{more}"
