"""`bayesian` passes the tests that Optuna has for its samplers.

An adapter makes it one: each parameter, or those that all trials share, is a space, and the trials of the study are what was
tried. Left out are the tests of several objectives, of which `bayesian` has one, and those of parameters that are
chosen together by two threads: the adapter would be tested, not the strategy.
"""

from __future__ import annotations

import math

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution
from optuna.testing.pytest_samplers import BasicSamplerTestCase, RelativeSamplerTestCase

from gridloom import Candidate, Choices, Fit, FitResult, Proposal, Range, Space, Trial
from gridloom_plugins.strategies import bayesian as strategy


def domain_of(distribution):
    if isinstance(distribution, CategoricalDistribution):
        return Choices(*distribution.choices)
    if distribution.single():
        return Choices(distribution.low)
    scale = "log" if distribution.log else "linear"
    step = distribution.step if isinstance(distribution, FloatDistribution) or distribution.step > 1 else None
    return Range(distribution.low, distribution.high, step=step, scale=scale)


def trial_of(trial, space):
    names = space.names
    if trial.values is None or not all(name in trial.params for name in names):
        return None
    proposal = Proposal(Candidate({"m": {name: trial.params[name] for name in names}}))
    is_lost = not math.isfinite(trial.value)
    result = FitResult(error="NaN") if is_lost else FitResult({"score": -trial.value})
    return Trial(trial.number, proposal, (Fit(proposal.candidate, 0, 0),), (result,))


class Sampler(optuna.samplers.BaseSampler):
    """`bayesian` as a sampler of Optuna that minimizes; its model comes in after eight trials."""

    def __init__(self):
        self.asked = 0

    def infer_relative_search_space(self, study, trial):
        return optuna.search_space.IntersectionSearchSpace().calculate(study)

    def sample_relative(self, study, trial, search_space):
        if not search_space:
            return {}
        self.asked += 1
        space = Space({"m": {name: domain_of(found) for name, found in search_space.items()}}, seed=self.asked)
        tried = [trial_of(one, space) for one in study.get_trials(deepcopy=False)]
        known = Space(*space.subspaces, seed=self.asked, tried=[one for one in tried if one])
        wave = next(strategy.bayesian(known, candidates=1, wave=1), None)
        return (
            wave[0].candidate.flat if wave else space.sample(space.rng()).flat
        )  # all was tried, and is asked for again

    def sample_independent(self, study, trial, param_name, param_distribution):
        return self.sample_relative(study, trial, {param_name: param_distribution})[param_name]


class OnFewPoints:
    @pytest.fixture
    def sampler(self, monkeypatch):
        """It looks at few points, so that the tests are quick."""
        for name, value in {"SPREAD": 4, "CENTRES": 2, "AROUND": 4, "ROUNDS": 1}.items():
            monkeypatch.setattr(strategy, name, value)
        return Sampler


class TestBasic(OnFewPoints, BasicSamplerTestCase):
    # TestRelative has these distributions, too, and is quicker
    test_float = test_int = test_combination_of_different_distributions_objective = None

    @pytest.mark.parametrize(("second_low", "second_high"), [(0, 20)])
    def test_dynamic_range_objective(self, sampler, second_low, second_high):
        super().test_dynamic_range_objective(sampler, second_low, second_high)


class TestRelative(OnFewPoints, RelativeSamplerTestCase):
    test_trial_relative_params = None
