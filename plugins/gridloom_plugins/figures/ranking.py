"""The ranking as data: means with intervals, and who is statistically tied with the best."""

from __future__ import annotations

from dataclasses import dataclass

from gridloom import Result, Trial
from gridloom_plugins.figures.bounds import bounds_of
from gridloom_plugins.figures.candidates import BETWEEN, named, values_of, varied


@dataclass(frozen=True)
class Row:
    """A candidate: its rank, a short name and all of it, its mean, and the interval of that if there is one.

    An end of the interval that is not among `exact` is where the score ends, and no end of the interval.
    """

    rank: int
    label: str
    name: str
    mean: float
    interval: tuple[float, float] | None
    exact: tuple[float, float]
    is_tied: bool

    @property
    def ends(self) -> tuple[float, float]:
        """Both ends of the interval; the mean twice where there is none."""
        return self.interval or (self.mean, self.mean)


@dataclass(frozen=True)
class Ranking:
    """The best candidates, best first, out of so many; what their labels name, and what their intervals are.

    `about` is empty where there are no intervals, and `note` unless some of them go beyond what the score can be.
    """

    rows: tuple[Row, ...]
    candidates: int
    parameters: str
    about: str
    note: str


def ranking(result: Result, most: int) -> Ranking | None:
    """The ranking of at most so many candidates; None where none is complete."""
    names, answer = varied(result.trials), result.summary.answer
    found = answer.interval_of if answer else {}
    rows = tuple(_row(result, trial, names) for trial in result.ranked[:most])
    if not rows:
        return None
    shown = [found[trial.number] for trial in result.ranked[:most] if trial.number in found]
    return Ranking(
        rows=rows,
        candidates=len(result.ranked),
        parameters=BETWEEN.join(names),
        about=f"{100 * result.summary.level:g} % intervals {answer.scope}" if answer else "",
        note=bounds_of(result).note(result.scoring, shown),
    )


def _row(result: Result, trial: Trial, names: list[str]) -> Row:
    answer = result.summary.answer
    found = answer.interval_of.get(trial.number) if answer else None
    interval = (found.low, found.high) if found else None
    return Row(
        rank=result.ranks[trial.number],
        label=values_of(trial, names),
        name=named(trial),
        mean=trial.mean,
        interval=interval,
        exact=found.exact if found and found.exact else interval or (trial.mean, trial.mean),
        is_tied=answer is not None and answer.is_tied(trial.number),
    )
