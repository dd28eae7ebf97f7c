"""A plugin with an engine that goes on from states, a model of it, and a strategy whose candidates train shortly and then in full."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from annotated_types import Ge

import gridloom
from gridloom import Budget, Engine, FitResult, ModelBuilder, Proposal, Strategy


@dataclass(frozen=True)
class Training:
    """A model's weight grows by its step in each of the `epochs`."""

    epochs: Annotated[int, Ge(1)] = 10


def build(task, step: float = 0.1):
    """What the weight grows by: the `step`."""
    return step


def train(work):
    """Train one fit after the other; their seconds are the epochs that were trained."""
    return gridloom.fit_each(work.fits, lambda fit: train_one(work, fit))


def train_one(work, fit):
    whole, state = work.calls.training(chosen={}).epochs, work.load_state(fit)
    epochs = work.training(fit).epochs
    weights = [0.0] if state is None else state["weights"].tolist()
    begun = len(weights) - 1
    for _ in range(begun, epochs):
        weights.append(weights[-1] + work.build(fit))
    if epochs < whole:
        work.keep_state(fit, epochs, weights=np.array(weights))
    return FitResult(dict.fromkeys(work.scoring, weights[-1]), {"loss": weights[1:]}, fit_seconds=epochs - begun)


def halve(space):
    """All candidates for two epochs, the two best for five, and both of them in full."""
    trials = yield [Proposal(candidate, Budget(epochs=2)) for candidate in space.enumerate()]
    best = [trial.candidate for trial in sorted(trials, key=lambda trial: -trial.mean)[:2]]
    yield [Proposal(candidate, Budget(epochs=5)) for candidate in best]
    yield [Proposal(candidate) for candidate in best]


@gridloom.hookimpl
def gridloom_model_builders():
    yield ModelBuilder("growing", "A weight that grows.", build, makes="growing")


@gridloom.hookimpl
def gridloom_strategies():
    yield Strategy("halve", "Shortly, and then in full.", halve)


@gridloom.hookimpl
def gridloom_engines():
    yield Engine("adding", "Adds.", train, trains="growing", training=Training, resumes=True)
