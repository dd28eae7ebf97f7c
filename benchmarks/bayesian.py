"""Search strategies on made-up objectives: how far from the best the winner is, after so many candidates.

`python benchmarks/bayesian.py` compares `random`, `bayesian` and `optuna` with its sampler TPE; `--gp` adds that with a
Gaussian process, which needs torch. Scores are means over three cells, with noise of 10 % of the deviation of the
better half of all scores. What is printed is the noise-free score of the candidate with the best mean, as its distance
from the best of the space in deviations, averaged over seeds.
"""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np

from gridloom import Candidate, Choices, Fit, FitResult, Range, Space, Trial, When
from gridloom_plugins.strategies.bayesian import bayesian
from gridloom_plugins.strategies.optuna import optuna
from gridloom_plugins.strategies.random import random

CELLS, NOISE = 3, 0.1
COUNTS = (16, 32, 48, 64)

Objective = Callable[[Mapping[str, Any]], float]


def branin(chosen: Mapping[str, Any]) -> float:
    """Three equal optima, over the logarithm of a learning rate and a dropout rate."""
    x = (math.log10(chosen["learning_rate"]) + 5) / 4 * 15 - 5
    y = chosen["dropout_rate"] / 0.8 * 15
    a = (y - 5.1 / (4 * math.pi**2) * x**2 + 5 / math.pi * x - 6) ** 2
    return -(a + 10 * (1 - 1 / (8 * math.pi)) * math.cos(x) + 10)


def hartmann(chosen: Mapping[str, Any]) -> float:
    """Six ranges, one narrow optimum beside others."""
    A = np.array(
        [[10, 3, 17, 3.5, 1.7, 8], [0.05, 10, 17, 0.1, 8, 14], [3, 3.5, 1.7, 10, 17, 8], [17, 8, 0.05, 10, 0.1, 14]]
    )
    P = np.array([
        [0.1312, 0.1696, 0.5569, 0.0124, 0.8283, 0.5886], [0.2329, 0.4135, 0.8307, 0.3736, 0.1004, 0.9991],
        [0.2348, 0.1451, 0.3522, 0.2883, 0.3047, 0.6650], [0.4047, 0.8828, 0.8732, 0.5743, 0.1091, 0.0381],
    ])  # fmt: skip
    x = np.array([chosen[f"x{i}"] for i in range(6)])
    return float(np.array([1, 1.2, 3, 3.2]) @ np.exp(-(A * (x - P) ** 2).sum(axis=1)))


def network(chosen: Mapping[str, Any]) -> float:
    """An accuracy: each optimizer has its own best rate, momentum moves it, wide networks want dropout; some diverge."""
    best = {"sgd": -1.2, "adam": -3.0, "rmsprop": -3.4}[chosen["optimizer"]]
    if "momentum" in chosen:
        best += math.log10(1.0 - chosen["momentum"])
    off = math.log10(chosen["learning_rate"]) - best
    if off > 1.0:
        return 0.1
    width = math.log2(chosen["units"])
    dropout = chosen.get("dropout_rate", 0.0)
    score = 0.93 - 0.06 * off**2 - 0.004 * (width - 7) ** 2 - 0.25 * (dropout - 0.06 * max(width - 4, 0)) ** 2
    score += {"relu": 0.0, "tanh": -0.012, "elu": 0.004, "sigmoid": -0.05}[chosen["activation"]]
    score += 0.006 if chosen["optimizer"] == "sgd" else 0.0
    return max(score, 0.1)


def lists(chosen: Mapping[str, Any]) -> float:
    """Lists of names and numbers only, with effects and interactions drawn once."""
    places = [LISTS[name].index(chosen[name]) for name in LISTS]
    score = sum(EFFECTS[i][place] for i, place in enumerate(places))
    return score + sum(PAIRS[i][places[i], places[i + 1]] for i in range(len(places) - 1))


LISTS: dict[str, list[Any]] = {
    "init": ["uniform", "normal", "he", "glorot", "zero"],
    "activation": ["relu", "tanh", "elu", "selu", "sigmoid"],
    "batch_size": [8, 16, 32, 64, 128],
    "learning_rate": [1e-4, 3e-4, 1e-3, 3e-3, 1e-2],
    "hidden": [[16], [32], [64], [32, 16], [64, 32]],
    "optimizer": ["adam", "sgd", "rmsprop"],
}
_draw = np.random.default_rng(0)
EFFECTS = [_draw.normal(size=len(values)) for values in LISTS.values()]
PAIRS = [0.5 * _draw.normal(size=(5, 5)) for _ in LISTS]

SPACES: dict[str, tuple[Objective, dict[str, Any]]] = {
    "branin": (branin, {"learning_rate": Range(1e-5, 1e-1, scale="log"), "dropout_rate": Range(0.0, 0.8)}),
    "hartmann": (hartmann, {f"x{i}": Range(0.0, 1.0) for i in range(6)}),
    "network": (
        network,
        {
            "optimizer": Choices("sgd", "adam", "rmsprop"),
            "learning_rate": Range(1e-5, 1.0, scale="log"),
            "momentum": When(Range(0.0, 0.99), {"optimizer": ("sgd",)}),
            "units": Range(4, 1024, scale="log"),
            "activation": Choices("relu", "tanh", "elu", "sigmoid"),
            "regularized": Choices(False, True),
            "dropout_rate": When(Range(0.0, 0.8), {"regularized": (True,)}),
        },
    ),
    "lists": (lists, {name: Choices(*values) for name, values in LISTS.items()}),
}


def searched(propose: Callable[[Space], Any], objective: Objective, space: Space, deviation: float) -> list[float]:
    """The true score of the winner after each number of candidates of COUNTS."""
    rng = np.random.default_rng(space.seed + 1000)
    waves = propose(space)
    wave = next(waves)
    done: list[tuple[float, float]] = []
    while True:
        trials = []
        for proposal in wave:
            true = objective(proposal.candidate.flat)
            scores = true + deviation * NOISE * math.sqrt(CELLS) * rng.normal(size=CELLS)
            fits = tuple(Fit(proposal.candidate, 0, fold) for fold in range(CELLS))
            results = tuple(FitResult({"score": float(score)}) for score in scores)
            trials.append(Trial(len(done), proposal, fits, results))
            done.append((float(scores.mean()), true))
        try:
            wave = waves.send(trials)
        except StopIteration:
            break
    return [max(done[:count])[1] for count in COUNTS]


def known(objective: Objective, space: Space) -> tuple[float, float]:
    """The deviation of the scores of the space, and the best of them: of a large sample, with a climb from its top."""
    rng = np.random.default_rng(0)
    points = rng.random((6_000, space.dimensions))
    scores = np.array([objective(_at(space, point).flat) for point in points])
    best = points[np.argsort(-scores)[:20]]
    for step in np.geomspace(0.1, 1e-3, 12):
        around = np.clip(best[:, None] + step * rng.normal(size=(len(best), 60, space.dimensions)), 0, 1 - 1e-9)
        around = np.concatenate([best, around.reshape(-1, space.dimensions)])
        found = np.array([objective(_at(space, point).flat) for point in around])
        best = around[np.argsort(-found)[:20]]
    upper = scores[scores >= np.median(scores)]  # of a space where many diverge, the others tell
    return float(upper.std()), max(float(scores.max()), objective(_at(space, best[0]).flat))


def _at(space: Space, point: Any) -> Candidate:
    candidate = space.at(point)
    assert candidate
    return candidate


def main() -> None:
    """Print a line for each objective and strategy."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seeds", type=int, default=20)
    parser.add_argument("--wave", type=int, default=8)
    parser.add_argument("--gp", action="store_true")
    parser.add_argument("--only", nargs="*")
    parser.add_argument("--spaces", nargs="*", default=list(SPACES))
    given = parser.parse_args()
    strategies: dict[str, Callable[[Space], Any]] = {
        "random": lambda space: random(space, max(COUNTS)),
        "optuna tpe": lambda space: optuna(space, "tpe", max(COUNTS), given.wave),
        "bayesian": lambda space: bayesian(space, max(COUNTS), given.wave),
    }
    if given.gp:
        strategies["optuna gp"] = lambda space: optuna(space, "gp", max(COUNTS), given.wave)
    print("distance from the best, in deviations, after", *COUNTS, "candidates")
    for name in given.spaces:
        objective, domains = SPACES[name]
        deviation, best = known(objective, Space({"model": domains}))
        for strategy, propose in strategies.items():
            if given.only and strategy not in given.only:
                continue
            began = time.process_time()
            runs = [
                searched(propose, objective, Space({"model": domains}, seed=seed), deviation)
                for seed in range(given.seeds)
            ]
            far = (best - np.array(runs)) / deviation
            seconds = (time.process_time() - began) / given.seeds
            error = far[:, -1].std() / math.sqrt(given.seeds)
            print(
                f"{name:9} {strategy:11}",
                *(f"{value:6.3f}" for value in far.mean(axis=0)),
                f"+- {error:.3f}  {seconds:5.1f} s",
                flush=True,
            )


if __name__ == "__main__":
    main()
