"""Which of several candidates is simplest, in the order that families declare for their parameters."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from gridloom.core.candidate import Candidate, is_number
from gridloom.results.statistics.questions import Numbers, Question

Simpler = Mapping[str, Mapping[str, str]]
"""By group and parameter of a candidate, which of its values are simpler: "smaller" or "larger" ones."""


def close_to(scores: Numbers, question: Question, best: int, rows: Sequence[int]) -> list[int]:
    """Those of these rows whose means are at most one standard error of the best one's mean below it, in their order.

    The one-standard-error rule of Breiman, Friedman, Olshen and Stone (Classification and Regression Trees, 1984, section
    3.4.3): a simpler model is preferred only where it is no worse than the best one's own uncertainty.
    """
    found = question.trials(scores)
    lowest = found.value[best] - found.error[best]
    return [row for row in rows if row == best or found.value[row] >= lowest]


def simplest(candidates: Sequence[Candidate], simpler: Simpler) -> int | None:
    """The place of the simplest candidate; of equally simple ones, that of the first.

    The parameter declared first decides, then the next. One that some candidate lacks, or has no number for, decides
    nothing. None when no parameter is left to decide.
    """
    orders = [
        (group, name, 1 if which == "smaller" else -1)
        for group, names in simpler.items()
        for name, which in names.items()
        if all(is_number(candidate.values.get(group, {}).get(name)) for candidate in candidates)
    ]
    if not orders or not candidates:
        return None
    ranks = [tuple(sign * candidate.values[group][name] for group, name, sign in orders) for candidate in candidates]
    return ranks.index(min(ranks))
