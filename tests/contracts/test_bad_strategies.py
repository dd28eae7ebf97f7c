"""Every check of the contract of strategies fails for a strategy that breaks it."""

from __future__ import annotations

import pytest

from contracts.breaking import Bad, breaks, checks_of
from gridloom.testing import StrategyContract
from gridloom.testing.searching import failed


def strategy(body, extra=""):
    lines = "\n    ".join(body.splitlines())
    return f"""
{extra}
SEEN = []

def propose(space):
    everything = [Proposal(candidate) for candidate in space.enumerate()]
    {lines}

@gridloom.hookimpl
def gridloom_strategies():
    yield gridloom.Strategy("bad", "Bad.", propose)
"""


SEVERAL = {"space": "several choices"}

BAD = {
    "test_it_proposes_and_ends": [
        Bad(strategy("return\nyield"), "it proposes nothing"),
        Bad(strategy("yield []"), "wave 0 is empty"),
        Bad(strategy("return everything"), "a strategy is a generator of waves, not list"),
        Bad(strategy("while True:\n    yield everything[:1]"), "has not ended after 1000 waves"),
        Bad(strategy("yield list(space.enumerate())"), "a wave must consist of gridloom.Proposals, not Candidate"),
    ],
    "test_its_proposals_are_in_the_space": [
        Bad(strategy("yield [Proposal(gridloom.Candidate({'model': {'units': 99}}))]"), "dropout_rate is missing"),
        Bad(
            strategy(
                "values = {**everything[0].candidate.values, 'x': {'y': 1}}\nyield [Proposal(gridloom.Candidate(values))]"
            ),
            r"x\.y is not in the space",
        ),
        Bad(
            strategy(
                "values = {**everything[0].candidate.values}\n"
                "values['dropout'] = {'dropout_rate': 0.3, 'weight_constraint': 1}\n"
                "yield [Proposal(gridloom.Candidate(values))]"
            ),
            r"dropout\.dropout_rate: 0\.3 is not one of 0\.0, 0\.2",
        ),
    ],
    "test_it_proposes_the_same_given_the_same_trials": [
        Bad(strategy("random.shuffle(everything)\nyield everything", extra="import random"), "the second time"),
    ],
    "test_it_proposes_the_same_in_another_process": [
        Bad(
            strategy("yield sorted(everything, key=lambda proposal: hash(proposal.candidate.key))"),
            "something else in another process",
        ),
    ],
    "test_two_searches_at_once_do_not_disturb_each_other": [
        Bad(
            strategy("SEEN.clear()\nSEEN.extend((yield everything[:1]))\nyield everything[: len(SEEN)]"),
            "while another search is running",
        ),
    ],
    "test_it_ends_when_trials_fail": [
        Bad(
            strategy("trials = yield everything\nassert trials[0].mean > 0, 'no mean'"),
            "no mean",
            arguments={"score": failed},
        ),
    ],
    "test_it_draws_from_ranges_without_steps_or_refuses_them": [
        Bad(
            strategy("pass").replace(
                "everything = [Proposal(candidate) for candidate in space.enumerate()]",
                "yield [Proposal(gridloom.Candidate({'training': {'learning_rate': 7.0}}))]",
            ),
            "assert not",
        ),
    ],
    "test_a_run_with_it_is_resumed_by_replaying": [
        Bad(
            strategy(
                "SEEN.append(1)\nyield [Proposal(everything[0].candidate, gridloom.Budget(share=1 - 1 / (1 + len(SEEN))))]"
            ),
            "assert",
        ),
    ],
}


@pytest.mark.parametrize(("check", "bad"), [(check, bad) for check, found in BAD.items() for bad in found])
def test_the_check_fails_for_the_bad_strategy(check, bad, tmp_path):
    breaks(StrategyContract, check, bad, tmp_path, tmp_path=tmp_path, **SEVERAL)


def test_every_check_has_a_bad_strategy():
    assert set(BAD) == checks_of(StrategyContract)
