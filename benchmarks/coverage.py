"""How often two kinds of confidence set hold the true best candidate, and how large they are.

    python benchmarks/coverage.py [--times 400]

prints Markdown: for each scenario the share of simulated searches whose set holds the candidate with the highest true
mean (0.95 is promised; with 400 searches a share is known to about 0.01), and the mean number of candidates in the set.
Where several candidates are equally good, the first of them counts, as if it were better by a hair; to hold *any* of them
would be no feat, and "all" tells how often the set holds every one, which multiple comparisons do not promise.
"MCB" is `gridloom.results.statistics.best_set`, multiple comparisons with the best. "MCS" is the model confidence set of Hansen,
Lunde and Nason (Econometrica 79, 2011) with their T_max and 500 bootstrap samples, resampling seeds within splits, or
splits with the variance that Nadeau and Bengio give.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from gridloom.results.statistics.best_set import best_set
from gridloom.results.statistics.questions import NewData, Question, Seeds

SAMPLES = 500
LEVEL = 0.95
FOLDS = 3
NOISE = 0.014
"""The spread of one fit from seed to seed: the mean over three folds then scatters by 0.008."""
STUCK = 0.35
"""The score of a fit that never learns."""

Numbers = NDArray[np.float64]
Draw = Callable[[np.random.Generator, tuple[int, ...]], Numbers]
"""From an array's shape (candidates, 1, folds, seeds) to scores; the first candidate is the best, or one of the best."""
Places = NDArray[np.int_]
Choice = Callable[[Places], NDArray[np.bool_]]
"""Which of the candidates, by their places from 0 on."""


def main() -> None:
    """Simulate and print."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--times", type=int, default=400, help="simulated searches a row")
    times = parser.parse_args().times
    for question, scenarios, column in ((Seeds(), SEEDS, "seeds"), (None, NEW_DATA, "folds")):
        print(f"\n| over {'seeds' if question else 'new data'} | candidates | {column} |", end="")
        print(" MCB | all | size | MCS | all | size |\n| --- |" + " ---: |" * 8)
        for scenario in scenarios:
            for count, size in scenario.sizes:
                shape = (count, 1, FOLDS, size) if question else (count, 1, size, 1)
                row = simulate(scenario, shape, question or NewData(1 / (size - 1)), times)
                cells = " | ".join(f"{cover:.3f} | {every:.3f} | {members:.1f}" for cover, every, members in row)
                print(f"| {scenario.name} | {count} | {size} | {cells} |", flush=True)


def simulate(scenario: Scenario, shape: tuple[int, ...], question: Question, times: int) -> list[tuple[float, ...]]:
    """For both kinds of set, how often they hold the first candidate, how often all as good, and their mean size."""
    found: list[list[NDArray[np.bool_]]] = [[], []]
    for number in range(times):
        rng = np.random.default_rng(number)
        scores = scenario.draw(rng, shape)
        found[0].append(best_set(scores, question, LEVEL))
        found[1].append(model_confidence_set(scores, question, rng))
    equals = scenario.equals(np.arange(shape[0]))
    return [
        (float(sets[:, 0].mean()), float(sets[:, equals].all(axis=1).mean()), float(sets.sum(axis=1).mean()))
        for sets in map(np.array, found)
    ]


def model_confidence_set(scores: Numbers, question: Question, rng: np.random.Generator) -> NDArray[np.bool_]:
    """The candidates that are left when no more can be eliminated: shape (candidates,)."""
    means = scores.mean(axis=(1, 2, 3))
    moved, widening = resampled(scores, question, rng)
    alive = np.arange(len(means))
    while len(alive) > 1:
        worse = means[alive].mean() - means[alive]
        moves = moved[:, alive].mean(axis=1, keepdims=True) - moved[:, alive]
        spread = np.sqrt((moves**2).mean(axis=0))
        with np.errstate(all="ignore"):
            t = np.where(spread > 0, worse / spread / widening, np.sign(worse.round(12)) * np.inf)
            largest = np.fmax.reduce(moves / spread, axis=1)
        if np.isnan(t).any() or np.mean(largest >= t.max()) > 1 - LEVEL:
            break
        alive = np.delete(alive, t.argmax())
    return np.isin(np.arange(len(means)), alive)


def resampled(scores: Numbers, question: Question, rng: np.random.Generator) -> tuple[Numbers, float]:
    """How far each candidate's mean moves in bootstrap samples, and by what their spread is too small."""
    count, _, folds, seeds = scores.shape
    means = scores.mean(axis=(1, 2, 3))
    if isinstance(question, NewData):
        drawn = rng.integers(folds, size=(SAMPLES, folds))
        moved = scores[:, 0, :, 0][:, drawn].mean(axis=2).T - means
        return moved, float(np.sqrt((1 / folds + question.ratio) / ((folds - 1) / folds**2)))
    drawn = rng.integers(seeds, size=(SAMPLES, count, folds, seeds))
    cells = np.take_along_axis(scores[None, :, 0], drawn, axis=3)
    return cells.mean(axis=(2, 3)) - means, 1.0


def everyone(number: Places) -> NDArray[np.bool_]:
    """All candidates."""
    return number >= 0


def only_first(number: Places) -> NDArray[np.bool_]:
    """The first candidate."""
    return number == 0


def even(number: Places) -> NDArray[np.bool_]:
    """The first, the third, and so on."""
    return number % 2 == 0


def odd(number: Places) -> NDArray[np.bool_]:
    """The second, the fourth, and so on."""
    return number % 2 == 1


def one_in_five(number: Places) -> NDArray[np.bool_]:
    """The fifth, the tenth, and so on."""
    return number % 5 == 4  # noqa: PLR2004


@dataclass(frozen=True)
class Scenario:
    """How scores come about, for these numbers of candidates and of seeds or folds; `equals` are as good as the first."""

    name: str
    draw: Draw
    sizes: tuple[tuple[int, int], ...]
    equals: Choice = everyone


def seeds_around(means: Callable[[int], Any], spread: Callable[[int], Any]) -> Draw:
    """Normal fits with independent seeds."""

    def draw(rng: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
        column = (-1, 1, 1, 1)
        centre, width = (np.broadcast_to(given(shape[0]), shape[0]).reshape(column) for given in (means, spread))
        return 0.7 + centre + width * rng.standard_normal(shape)

    return draw


def one_wide(place: int) -> Callable[[int], Numbers]:
    """All alike, but one that scatters twelve times as much."""
    return lambda count: np.where(np.arange(count) == place % count, 12 * NOISE, NOISE)


def getting_stuck(draw: Draw, some: Choice, rate: float) -> Draw:
    """Some of the candidates are stuck at 0.35 so often, and no better in the other fits."""

    def drawn(rng: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
        fits = draw(rng, shape)
        return np.where((rng.random(shape) < rate) & some(np.arange(shape[0])).reshape(-1, 1, 1, 1), STUCK, fits)

    return drawn


def else_better(draw: Draw, some: Choice, rate: float) -> Draw:
    """The same, but so much better in the other fits that their means stay at 0.7."""

    def better(rng: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
        return draw(rng, shape) + some(np.arange(shape[0])).reshape(-1, 1, 1, 1) * (0.7 - STUCK) * rate / (1 - rate)

    return getting_stuck(better, some, rate)


def steps(rng: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
    """Accuracies on 256 test rows."""
    return np.round((0.7 + NOISE * rng.standard_normal(shape)) * 256) / 256


def folds_around(means: Callable[[int], Any], spread: Callable[[int], Any]) -> Draw:
    """Scores of folds that correlate as Nadeau and Bengio suppose (1/folds); folds differ for all candidates alike."""

    def draw(rng: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
        count, _, folds, _ = shape
        own = np.sqrt(1 / folds) * rng.standard_normal((count, 1, 1, 1))
        rest = np.sqrt(1 - 1 / folds) * rng.standard_normal(shape)
        column = (-1, 1, 1, 1)
        centre, width = (np.broadcast_to(given(count), count).reshape(column) for given in (means, spread))
        return 0.7 + 0.03 * rng.standard_normal((1, 1, folds, 1)) + centre + width * (own + rest)

    return draw


def equal(count: int) -> float:  # noqa: ARG001
    """No difference."""
    return 0.0


def near(count: int) -> Numbers:
    """The first is better by 0.002, a quarter of the spread of a run."""
    return np.where(np.arange(count) == 0, 0.0, -0.002)


def falling(count: int) -> Numbers:
    """From the best down to 0.05 below it."""
    return np.linspace(0, -0.05, count)


def same(count: int) -> float:  # noqa: ARG001
    """The same spread for all."""
    return NOISE


def widening(count: int) -> Numbers:
    """A spread of 0.003 for the first, of 0.16 for the last."""
    return 0.003 * np.exp(np.linspace(0, 4, count))


def constants(count: int) -> Numbers:
    """The latter half never varies."""
    return np.where(np.arange(count) < (count + 1) // 2, NOISE, 0.0)


ALL = ((2, 2), (2, 5), (10, 2), (10, 3), (10, 20), (73, 3), (73, 20))
SOME = ((10, 3), (10, 20), (50, 5))
MORE = ((10, 2), (10, 3), (10, 5), (10, 20), (50, 5), (50, 20))

alike, sinking = seeds_around(equal, same), seeds_around(falling, same)
SEEDS = (
    Scenario("all equal", alike, ALL),
    Scenario("one better by 0.002", seeds_around(near, same), ALL, only_first),
    Scenario("means fall by 0.05", sinking, SOME, only_first),
    Scenario("the best scatters 12 times as much", seeds_around(equal, one_wide(0)), SOME),
    Scenario("another scatters 12 times as much", seeds_around(equal, one_wide(-1)), SOME),
    Scenario("means fall, the last scatters 12 times as much", seeds_around(falling, one_wide(-1)), SOME, only_first),
    Scenario("spreads from 0.003 to 0.16", seeds_around(equal, widening), SOME),
    Scenario("half are constant, 0.002 below", seeds_around(near, constants), SOME, only_first),
    Scenario("accuracies in steps of 1/256", steps, ((10, 2), *SOME)),
    Scenario("all are stuck in 1 of 20 fits", getting_stuck(alike, everyone, 1 / 20), SOME),
    Scenario("half are stuck in 3 of 10 fits", getting_stuck(alike, odd, 3 / 10), SOME, even),
    Scenario("others are stuck in 1 of 50 fits, else better", else_better(alike, odd, 1 / 50), MORE),
    Scenario("others are stuck in 1 of 20 fits, else better", else_better(alike, odd, 1 / 20), MORE),
    Scenario("others are stuck in 1 of 5 fits, else better", else_better(alike, odd, 1 / 5), MORE),
    Scenario("the best and others are stuck in 1 of 20 fits, else better", else_better(alike, even, 1 / 20), SOME),
    Scenario("the best and others are stuck in 1 of 5 fits, else better", else_better(alike, even, 1 / 5), SOME),
    Scenario("means fall, half are stuck in 1 of 20 fits", getting_stuck(sinking, odd, 1 / 20), MORE, only_first),
    Scenario("means fall, 1 of 5 is stuck in 3 of 10 fits", getting_stuck(sinking, one_in_five, 0.3), MORE, only_first),
)

FEW = ((2, 3), (10, 3), (10, 10), (50, 5))
level, slope = folds_around(equal, same), folds_around(falling, same)
NEW_DATA = (
    Scenario("all equal", level, FEW),
    Scenario("means fall by 0.05", slope, FEW, only_first),
    Scenario("the best scatters 12 times as much", folds_around(equal, one_wide(0)), FEW),
    Scenario("another scatters 12 times as much", folds_around(equal, one_wide(-1)), FEW),
    Scenario("spreads from 0.003 to 0.16", folds_around(equal, widening), FEW),
    Scenario("others are stuck in 1 of 20 fits, else better", else_better(level, odd, 1 / 20), FEW),
    Scenario("others are stuck in 1 of 5 fits, else better", else_better(level, odd, 1 / 5), FEW),
    Scenario("the best and others are stuck in 1 of 5 fits, else better", else_better(level, even, 1 / 5), FEW),
    Scenario(
        "means fall, 1 of 5 is stuck in 3 of 10 fits", getting_stuck(slope, one_in_five, 0.3), FEW[1:], only_first
    ),
)


if __name__ == "__main__":
    main()
