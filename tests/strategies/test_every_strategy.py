"""What every built-in strategy keeps in spaces of all kinds: members only, nothing twice, its plan, an end, and its replay."""

from __future__ import annotations

import hashlib
import inspect
from collections import Counter
from typing import Any

import pytest
from hypothesis import event, given, settings

from gridloom import Budget, Candidate, Space
from gridloom.experiment.planning import SearchPlan
from gridloom_plugins.strategies import gridloom_strategies
from strategies.driving import drive
from strategies.spaces import spaces

STRATEGIES = {strategy.name: strategy for strategy in gridloom_strategies()}

OPTIONS: dict[str, list[dict[str, Any]]] = {
    "bayesian": [{"candidates": 6, "wave": 3}],
    "optuna": [{"candidates": 14, "wave": 7}],
    "halving": [{"epochs": 1}, {"share": 0.2, "candidates": 20}, {"cells": 1, "factor": 2, "rungs": "smallest"}],
    "hyperband": [{"epochs": 1, "factor": 2, "rounds": 2}, {"share": 0.1}, {"cells": 1}],
    "race": [{"first": 2, "candidates": 6}],
    "zoom": [{"values": 2}, {"rounds": 2}],
}
"""What is asked of those that are nothing without."""

FEW = 12
"""So many candidates are asked of all others that draw them."""

EXAMPLES = dict.fromkeys(["grid", "random", "sobol", "latin_hypercube", "halving", "hyperband", "zoom"], 6)
"""How many spaces are searched by those that are quick."""

FEW_EXAMPLES = 3
"""How many spaces are searched by those that are not."""


def options_of(name: str) -> list[dict[str, Any]]:
    """The options that a strategy is tested with."""
    draws = "candidates" in inspect.signature(STRATEGIES[name].propose).parameters
    return OPTIONS.get(name, [{"candidates": FEW} if draws else {}])


def made_up(candidate: Candidate, budget: Budget) -> float | None:
    """A score that depends on the candidate and the budget alone; about one in eight fails."""
    digest = hashlib.sha256(f"{candidate.key}{budget.describe()}".encode()).digest()
    return None if digest[0] < 32 else digest[1] / 255


@pytest.mark.parametrize("name", STRATEGIES)
def test_it_keeps_its_word_in_any_space(name):
    seen: Counter[str] = Counter()

    @settings(max_examples=EXAMPLES.get(name, FEW_EXAMPLES), database=None, derandomize=True)
    @given(spaces())
    def check(space):
        for options in options_of(name):
            seen["searched" if _keeps_its_word(STRATEGIES[name], space, options) else "refused"] += 1

    check()
    assert seen["searched"] > seen["refused"] // 3, f"{seen['refused']} of these spaces are refused"


def _keeps_its_word(strategy, space: Space, options) -> bool:
    """Whether the space is searched; what is refused is refused at once."""
    try:
        first = next(strategy.propose(space, **options))
    except ValueError as error:
        event(f"{strategy.name}: {error}"[:60])
        return False
    waves = drive(strategy.propose(space, **options), made_up, space.full)
    assert [trial.proposal for trial in waves[0]] == list(first)
    _is_inside(waves, space)
    if strategy.plan:
        planned = strategy.plan(space, **options)
        most: Counter[Budget] = Counter()
        for wave in planned:
            most[wave.budget] += wave.candidates
        assert Counter(trial.proposal.budget for wave in waves for trial in wave) <= most
        fits = {fit.key for wave in waves for trial in wave for fit in trial.fits}
        assert len(fits) <= SearchPlan(planned, is_whole=True, full=space.full).fits
    _replays(strategy.propose(space, **options), waves)
    return True


def _is_inside(waves, space: Space) -> None:
    """Members of the space, none twice with a budget, and no budget beyond a full training."""
    proposals = [trial.proposal for wave in waves for trial in wave]
    assert len({(proposal.candidate, proposal.budget) for proposal in proposals}) == len(proposals)
    for candidate in {proposal.candidate for proposal in proposals}:
        assert not space.problems(candidate)
    for budget in {proposal.budget for proposal in proposals}:
        assert (budget.epochs or 0) < (space.full.epochs or 1)
        assert (budget.share or 0) < 1
        assert (budget.cells or 0) < space.full.cells


def _replays(again, waves) -> None:
    """A new generator that is sent the trials of the waves so far proposes what the first one did, wherever that was cut."""
    proposed = next(again)
    for place, wave in enumerate(waves):
        assert [(proposal, proposal.label) for proposal in proposed] == [
            (trial.proposal, trial.proposal.label) for trial in wave
        ], f"wave {place} is another one"
        proposed = _sent(again, wave)
    assert proposed is None, "it goes on after its end"


def _sent(waves, trials):
    try:
        return waves.send(trials)
    except StopIteration:
        return None
