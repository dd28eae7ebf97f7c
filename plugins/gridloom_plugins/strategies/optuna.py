"""The strategy `optuna`: a sampler of Optuna is asked for waves of candidates and told their scores."""

from __future__ import annotations

from collections.abc import Generator, Sequence
from typing import TYPE_CHECKING, Annotated

from annotated_types import Ge, Le
from pydantic import AfterValidator

from gridloom import Budget, PlannedWave, Proposal, Space, Strategy, Trial
from gridloom_plugins.strategies.known import most
from gridloom_plugins.strategies.optuna_kinds import Said
from gridloom_plugins.strategies.optuna_parts import rungs_of, valid_pruner, valid_sampler

if TYPE_CHECKING:
    from gridloom_plugins.strategies.optuna_study import Study

Waves = Generator[Sequence[Proposal], Sequence[Trial], None]


def optuna(
    space: Space,
    sampler: Annotated[Said, AfterValidator(valid_sampler)] = "tpe",
    candidates: Annotated[int, Ge(1), Le(50_000)] = 60,
    wave: Annotated[int, Ge(1), Le(1_000)] = 8,
    objectives: tuple[str, ...] = (),
    pruner: Annotated[Said, AfterValidator(valid_pruner)] | None = None,
) -> Waves:
    """Ask an Optuna sampler for `candidates`, in waves of `wave` that are trained together, and tell it their scores.

    `sampler` is tpe, gp, cmaes, nsgaii, nsgaiii, qmc or random, or a mapping of such a name and Optuna's own options:
    `{name: tpe, multivariate: true}`. Its seed is that of the experiment. A wave is the population of nsgaii and nsgaiii, unless
    you give a `population_size`.

    `objectives` are several scores to maximize, along with `epochs`, `fit_seconds` of a fit or `parameters` of the
    model to minimize; by default only the score that ranks.

    `pruner` is median, percentile, successive_halving, hyperband or threshold with the `epochs` after which it decides
    which candidates continue, the last being those of a full training: `{name: median, epochs: [5, 20, 100]}`. Akiba et
    al., "Optuna: A next-generation hyperparameter optimization framework", KDD 2019.
    """
    valid_sampler(sampler)  # which says so where there is no Optuna
    from gridloom_plugins.strategies.optuna_study import Study

    budgets = _budgets(space, pruner)
    study = Study(space, sampler, wave, objectives, (pruner, rungs_of(pruner)) if pruner else None)
    return _waves(study, candidates, wave, budgets)


def _waves(study: Study, candidates: int, wave: int, budgets: Sequence[tuple[int, Budget]]) -> Waves:
    for start in range(0, candidates, wave):
        going = study.asked(min(wave, candidates - start))
        if not going:
            return
        for place, (epochs, budget) in enumerate(budgets):
            label = f"rung {place}" if len(budgets) > 1 else ""
            trials = yield [Proposal(candidate, budget, label) for candidate in going]
            going = study.told(trials, None if budget == Budget() else epochs)
            if not going:
                break


def _budgets(space: Space, pruner: Said | None) -> list[tuple[int, Budget]]:
    """The budgets that a candidate goes through as long as it is not pruned; ValueError where epochs do not fit the space."""
    if pruner is None:
        return [(0, Budget())]
    rungs, full = rungs_of(pruner), space.full.epochs
    if full is None:
        raise ValueError("a pruner needs trainings with a fixed number of epochs, and an engine that counts them")
    if rungs[-1] != full:
        raise ValueError(f"the last of the pruner's epochs must be {full}, those of a full training, not {rungs[-1]}")
    return [*((rung, Budget(epochs=rung)) for rung in rungs[:-1]), (rungs[-1], Budget())]


def _plan(
    space: Space,
    sampler: Said = "tpe",
    candidates: int = 60,
    wave: int = 8,
    objectives: tuple[str, ...] = (),
    pruner: Said | None = None,
) -> list[PlannedWave]:
    optuna(space, sampler, candidates, wave, objectives, pruner)  # ValueError for what cannot be
    number = int(min(candidates, most(space)))
    budgets = _budgets(space, pruner)
    return [
        PlannedWave(
            min(wave, number - start),
            budget,
            f"rung {place}" if len(budgets) > 1 else "",
            going_on=min(wave, number - start) if place else 0,
        )
        for start in range(0, number, wave)
        for place, (_, budget) in enumerate(budgets)
    ]


STRATEGY = Strategy(name="optuna", summary="An Optuna sampler and, optionally, a pruner.", propose=optuna, plan=_plan)
