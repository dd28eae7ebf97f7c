"""Two runs side by side: whether they may be compared, and what became of the candidates that both have."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gridloom.core.candidate import canonical_json
from gridloom.core.trials import Trial, ranked
from gridloom.results.manifest import positive_class, score_names
from gridloom.results.statistics.comparisons import holm
from gridloom.results.statistics.questions import Numbers, Question
from gridloom.results.statistics.summary import has_whole_seeds, is_usable, questions_of, scores_of

_NO_SPLITS = ("seeds", "nested")
"""Settings of a validation that leave its splits as they are."""

_NOT_DRAWN = ("time_series", "predefined", "leave_one_out")
"""Methods that draw nothing, so that the seed leaves their splits as they are."""


@dataclass(frozen=True)
class Difference:
    """A candidate of two runs: its trials, the second mean less the first, the interval of that, p-value, and Holm's."""

    first: Trial
    second: Trial
    difference: float
    low: float
    high: float
    p: float
    holm: float


@dataclass(frozen=True)
class Across:
    """What two runs say about the candidates that are complete in both, in the order of the first run.

    `question` is what the intervals answer. It is None where neither question can be asked of both runs; then there are
    differences alone, and NaN for the rest. `first_only` and `second_only` count the other trials that rank.
    """

    question: Question | None
    level: float
    differences: tuple[Difference, ...]
    first_only: int
    second_only: int

    @property
    def apart(self) -> list[Difference]:
        """The candidates whose means differ at the level, adjusted for the number of candidates."""
        return [item for item in self.differences if item.holm <= 1 - self.level]


def obstacles(first: Mapping[str, Any], second: Mapping[str, Any]) -> list[str]:
    """Why the scores of two runs cannot be compared, by their manifests: one line a reason, none if they can.

    They must come from the same data, scoring and splits. The number of seeds may differ.
    """
    found = []
    if _hash(first) != _hash(second) or not _hash(first):
        found.append(f"the data: {_data(first)}, and {_data(second)}")
    if (one := score_names(first)[0]) != (other := score_names(second)[0]):
        found.append(f"the scoring: {one}, and {other}")
    elif (ours := positive_class(first, one)) != (theirs := positive_class(second, one)):
        found.append(f"the positive class of {one}: {ours or 'not set'}, and {theirs or 'not set'}")
    return found + list(_other_splits(_splits(first), _splits(second)))


def _other_splits(one: Mapping[str, Any], other: Mapping[str, Any]) -> Iterator[str]:
    """What differs between the splits; options that another method has not, and the seed that is not drawn by, go unsaid."""
    has_one_method = one.get("method") == other.get("method")
    for name in dict.fromkeys([*one, *other]):
        is_there = name in one and name in other
        if one.get(name) != other.get(name) and (is_there or (has_one_method and name != "seed")):
            yield f"the splits: {name} {one.get(name, 'not set')}, and {other.get(name, 'not set')}"


def across(
    first: Sequence[Trial], second: Sequence[Trial], validation: Mapping[str, Any], level: float = 0.95
) -> Across:
    """The candidates of two runs that `obstacles` finds comparable, by the question of seeds where both have two at least.

    `validation` holds the settings of their splits, as the first run's manifest has them.

    Candidates are the same when all their searched values are, and their budgets; those that do not rank in their run, for
    a smaller budget than others have, are excluded. What else may differ between the runs (settings, engine, versions) is
    what is compared.
    """
    one, other = _complete(first), _complete(second)
    pairs = [(trial, other[key]) for key, trial in one.items() if key in other]
    counts = (len(one) - len(pairs), len(other) - len(pairs))
    if not pairs:
        return Across(None, level, (), *counts)
    rows = [(b.mean - a.mean, math.nan, math.nan, math.nan, math.nan) for a, b in pairs]
    question = None
    if all(is_usable(pair) and has_whole_seeds(pair) for pair in pairs):
        scores, others = scores_of([a for a, _ in pairs]), scores_of([b for _, b in pairs])
        asked = questions_of(validation, pairs[0][0])
        question = next((q for q in asked if q.is_answered_by(scores) and q.is_answered_by(others)), None)
        rows = _columns(scores, others, question, level) if question else rows
    return Across(
        question, level, tuple(Difference(*pair, *row) for pair, row in zip(pairs, rows, strict=True)), *counts
    )


def _columns(
    first: Numbers, second: Numbers, question: Question, level: float
) -> list[tuple[float, float, float, float, float]]:
    """Difference, both ends of its interval, p-value and Holm's, for each candidate."""
    found = question.between_runs(first, second)
    low, high = found.bounds(level)
    columns = (found.value, low, high, found.p, holm(found.p))
    return list(zip(*(column.tolist() for column in columns), strict=True))


def _complete(trials: Sequence[Trial]) -> dict[str, Trial]:
    """The trials that rank by what they are, in their order; the first of equal ones."""
    last_first = sorted(ranked(trials), key=lambda trial: -trial.number)
    found = {trial.candidate.key + canonical_json(trial.proposal.budget.describe()): trial for trial in last_first}
    return dict(reversed(found.items()))


def _hash(manifest: Mapping[str, Any]) -> str:
    return str(manifest.get("data", {}).get("sha256", ""))


def _data(manifest: Mapping[str, Any]) -> str:
    rows, digest = manifest.get("data", {}).get("rows", "unknown"), _hash(manifest)
    return f"{rows} rows with SHA-256 {digest[:12]}..." if digest else "unknown ones"


def _splits(manifest: Mapping[str, Any]) -> dict[str, Any]:
    """What the splits depend on: the validation, and the seed where it draws them."""
    experiment = manifest.get("experiment", {})
    found = {name: value for name, value in experiment.get("validation", {}).items() if name not in _NO_SPLITS}
    if "test" in experiment:
        found["test"] = experiment["test"]
    if "test" in experiment or found.get(
        "shuffle", found.get("method") not in _NOT_DRAWN
    ):  # shuffle_split always draws
        found["seed"] = experiment.get("seed")
    return found
