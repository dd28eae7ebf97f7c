"""How often a race keeps the best candidate, how many fits it spares, and that a real run does what the simulated ones do.

    python benchmarks/race.py chance [--times 2000]
    python benchmarks/race.py trained [--times 150] [--out FOLDER]
    python benchmarks/race.py real [--out FOLDER]

`chance` draws scores around known means and prints, for each kind of score, how often the best of ten candidates is dropped at
each look, and how often it is in the tie set that the result ends with. Where all are equal, the first of them counts as the best,
which is the hardest case. Fits are a share of those of the whole grid.

`trained` trains spaces of the Pima data, all candidates with 20 seeds on 3 folds (what is in FOLDER is not trained again), and
searches these scores again and again: `shuffled`, the seeds in another order, the best being the highest mean over all of
them; `resampled`, seeds drawn with replacement, split by split, where the same candidate is the truth; `normal`, drawn around
means that are pulled together by as much as noise had spread them (empirical Bayes), with each candidate's own spread, in
steps of 1/256. `real` runs the strategy `race` in each space, and stops with an error unless it does what the simulated race does on
the scores of the grid.
"""

from __future__ import annotations

import argparse
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from racing import LOOKS, Found, Numbers, Search, f_race, grid, halving, race

import gridloom
from gridloom.results.statistics.summary import scores_of

ROOT = Path(__file__).resolve().parent.parent
SPACES = {"dropout": 50, "neurons": 7, "learning_rate": 30, "optimizer": 7}
"""The experiments, and how many candidates they have."""
SETTINGS = [f"validation.seeds={LOOKS[-1]}", "refit=false", "reporters=[]"]
WAYS: tuple[Search, ...] = (grid, race, f_race, halving)
CANDIDATES = 10
NOISE = 0.014
STEP = 1 / 256
STUCK = 0.35

Draw = Callable[[np.random.Generator, tuple[int, ...]], Numbers]
"""Noise of mean 0 and standard deviation 1, of a shape."""
Redraw = Callable[[np.random.Generator, Numbers], Numbers]
"""Scores drawn anew from those that there are."""


def main() -> None:
    """Simulate or train, and print Markdown."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    commands = parser.add_subparsers(required=True)
    for command, times in ((chance, 2000), (trained, 150), (real, 1)):
        one = commands.add_parser(command.__name__)
        one.set_defaults(command=command)
        one.add_argument("--times", type=int, default=times, help="simulated searches a row")
        one.add_argument("--out", type=Path, help="where runs are kept")
    given = parser.parse_args()
    given.command(given.times, given.out or Path(tempfile.mkdtemp()))


# How often the best is dropped


def chance(times: int, _: Path) -> None:
    """The table of drawn scores."""
    looks = " | ".join(f"at {look} seeds" for look in LOOKS[:-1])
    print(f"| scores | splits | {looks} | dropped | in the tie set | fits |\n| --- |" + " ---: |" * 7)
    for name, splits, draw in scenarios():
        rng = np.random.default_rng(0)
        found = [race(draw(rng, (CANDIDATES, splits, LOOKS[-1]))) for _ in range(times)]
        gone = [np.mean([one.look[0] == look for one in found]) for look in range(len(LOOKS) - 1)]
        stays = np.mean([0 in one.tied for one in found])
        share = np.mean([one.fits for one in found]) / (CANDIDATES * splits * LOOKS[-1])
        cells = " | ".join(f"{part:.4f}" for part in [*gone, sum(gone)])
        print(f"| {name} | {splits} | {cells} | {stays:.3f} | {share:.0%} |", flush=True)


def scenarios() -> Iterator[tuple[str, int, Draw]]:
    """What scores are drawn: their name, the number of splits, and how."""
    number = np.arange(CANDIDATES).reshape(-1, 1, 1)
    first, late = number == 0, number >= CANDIDATES // 2
    for name, noise in NOISES.items():
        yield f"all equal, {name}", 3, around(noise, 0.0, 1.0)
    yield "all equal, normal", 1, around(normal, 0.0, 1.0)
    yield "all equal, a spread of a third of a step", 1, in_steps(1 / 3)
    yield "all equal, half never vary", 3, around(normal, 0.0, np.where(late, 0.0, 1.0))
    yield "all equal, the first scatters 4 times as much", 3, around(normal, 0.0, np.where(first, 4.0, 1.0))
    yield "all equal, the others are stuck in 1 of 20 fits", 3, others_stuck(1 / 20)
    yield "half are 3 spreads worse, normal", 3, around(normal, -3.0 * late, 1.0)
    yield "the first leads by half a spread, normal", 3, around(normal, 0.5 * first, 1.0)
    yield "means fall by 3 spreads, normal", 3, around(normal, -number / 3, 1.0)


def around(noise: Draw, means: Any, spread: Any) -> Draw:
    """Scores around means, in units of the spread of a fit."""
    return lambda rng, shape: 0.7 + NOISE * (means + spread * noise(rng, shape))


def in_steps(spread: float) -> Draw:
    """Scores that are rounded to steps, with a spread in units of one; all means are equal, halfway between two steps."""
    return lambda rng, shape: STEP * np.floor(180 + spread * rng.standard_normal(shape))


def others_stuck(rate: float) -> Draw:
    """All means are equal, but all other candidates than the first are stuck at 0.35 so often, and the better in other fits."""

    def scores(rng: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
        fits = 0.7 + NOISE * rng.standard_normal(shape)
        others = np.arange(shape[0]).reshape(-1, 1, 1) > 0
        fits += others * (0.7 - STUCK) * rate / (1 - rate)
        return np.where(others & (rng.random(shape) < rate), STUCK, fits)

    return scores


def normal(rng: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
    """Standard normal."""
    return rng.standard_normal(shape)


def long_below(rng: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
    """Some far below the rest: exponential, mirrored."""
    return 1 - rng.standard_exponential(shape)


def long_above(rng: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
    """Some far above the rest: exponential."""
    return rng.standard_exponential(shape) - 1


def rounded(rng: np.random.Generator, shape: tuple[int, ...]) -> Numbers:
    """Normal, as accuracies on 256 rows."""
    return np.round(rng.standard_normal(shape) * NOISE / STEP) * STEP / NOISE


NOISES: Mapping[str, Draw] = {
    "normal": normal,
    "skewed downwards": long_below,
    "skewed upwards": long_above,
    "steps of 1/256": rounded,
}


# Scores that were trained


def trained(times: int, out: Path) -> None:
    """The table of the spaces of the Pima data."""
    print("| space | scores | tied in the grid | kept by a race | in its tie set | tied | fits | share | ", end="")
    print("kept by F-race | share | kept by halving | share |\n| --- | --- |" + " ---: |" * 10)
    for name, count in SPACES.items():
        scores = scores_by_seed(name, out)
        assert scores.shape == (count, 3, LOOKS[-1])
        for kind, (truth, draw) in DRAWS.items():
            best = int(np.argmax(truth(scores)))
            ways = [told([search(again) for again in drawings(draw, scores, times)], best) for search in WAYS]
            whole, raced, *others = ways
            share = [f"{way.kept:.3f} | {way.fits / scores.size:.0%}" for way in others]
            cells = f"{raced.kept:.3f} | {raced.stays:.3f} | {raced.tied:.1f} | {raced.fits:,.0f}"
            print(
                f"| {name} | {kind} | {whole.tied:.1f} | {cells} | {raced.fits / scores.size:.0%} | {' | '.join(share)} |"
            )


def drawings(draw: Redraw, scores: Numbers, times: int) -> Iterator[Numbers]:
    """Scores drawn so many times, the same for every search."""
    rng = np.random.default_rng(1)
    return (draw(rng, scores) for _ in range(times))


@dataclass(frozen=True)
class Told:
    """How often the best is kept, and is in the tie set of the end; the mean size of that; and the mean number of fits."""

    kept: float
    stays: float
    tied: float
    fits: float


def told(found: list[Found], best: int) -> Told:
    """What simulated searches come to."""
    return Told(
        float(np.mean([best in one.left for one in found])),
        float(np.mean([best in one.tied for one in found])),
        float(np.mean([len(one.tied) for one in found])),
        float(np.mean([one.fits for one in found])),
    )


def real(_: int, out: Path) -> None:
    """A run in each space."""
    for name in SPACES:
        print(compared(name, out), flush=True)


def scores_by_seed(name: str, out: Path) -> Numbers:
    """The scores of all candidates of an experiment: shape (candidates, splits, seeds)."""
    file = ROOT / "experiments" / f"{name}.yaml"
    result = gridloom.run(file, settings=[*SETTINGS, f"name={name}-grid"], out=out)
    found = scores_of(result.trials)
    return found.reshape(len(found), -1, found.shape[3])


def compared(name: str, out: Path) -> str:
    """What a real race in the space does, beside the simulated one on the grid's scores."""
    scores = scores_by_seed(name, out)
    wanted = race(scores)
    strategy = "search.strategy={name: race}"
    result = gridloom.run(
        ROOT / f"experiments/{name}.yaml", settings=[*SETTINGS, strategy, f"name={name}-race"], out=out
    )
    keys = [trial.candidate.key for trial in result.trials]
    places = {key: place for place, key in enumerate(dict.fromkeys(keys))}
    waves = max(trial.wave for trial in result.trials)
    left = sorted(places[trial.candidate.key] for trial in result.trials if trial.wave == waves)
    fits = len({fit.key for trial in result.trials for fit in trial.fits})
    answer = result.summary.seeds
    numbers = {trial.number: places[trial.candidate.key] for trial in result.trials}
    tied = sorted(numbers[number] for number in answer.tied) if answer else left
    same = (tied, fits) == (wanted.tied.tolist(), wanted.fits)
    assert same, (tied, wanted.tied.tolist(), fits, wanted.fits, left)
    return f"\n{name}: {fits:,} fits trained, {len(tied)} tied, as simulated.\n{result.summary.sentence}"


def highest_mean(scores: Numbers) -> Numbers:
    """The means over all seeds."""
    return scores.mean(axis=(1, 2))


def pulled_together(scores: Numbers) -> Numbers:
    """Means with as much spread among candidates as is left without noise (James and Stein 1961, by variances)."""
    means = scores.mean(axis=(1, 2))
    noise = (scores.var(axis=2, ddof=1).sum(axis=1) / scores.shape[1] ** 2 / scores.shape[2]).mean()
    kept = max(0.0, 1 - noise / means.var(ddof=1))
    return means.mean() + kept * (means - means.mean())


def shuffled(rng: np.random.Generator, scores: Numbers) -> Numbers:
    """The same seeds in another order, in each split."""
    return rng.permuted(scores, axis=2)


def resampled(rng: np.random.Generator, scores: Numbers) -> Numbers:
    """As many seeds, drawn with replacement in each split."""
    return np.take_along_axis(scores, rng.integers(scores.shape[2], size=scores.shape), axis=2)


def drawn(rng: np.random.Generator, scores: Numbers) -> Numbers:
    """Normal scores around the means that are pulled together, by each candidate's own spread, in steps of 1/256."""
    by_split = scores.mean(axis=2, keepdims=True)
    centre = by_split - by_split.mean(axis=1, keepdims=True) + pulled_together(scores).reshape(-1, 1, 1)
    spread = scores.std(axis=2, ddof=1, keepdims=True)
    return np.round((centre + spread * rng.standard_normal(scores.shape)) / STEP) * STEP


DRAWS: Mapping[str, tuple[Callable[[Numbers], Numbers], Redraw]] = {
    "shuffled": (highest_mean, shuffled),
    "resampled": (highest_mean, resampled),
    "normal": (pulled_together, drawn),
}


if __name__ == "__main__":
    main()
