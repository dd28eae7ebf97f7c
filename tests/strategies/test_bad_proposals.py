"""What the loop makes of proposals that cannot be, and of budgets that a full training does not exceed; with made-up scores."""

from __future__ import annotations

import pytest

from gridloom import Budget, FitResult, InvalidInput, StopRun
from gridloom.searching.loop import filled, search
from gridloom.testing.experiments import read_tiny

GIVEN = """
import gridloom
from gridloom import Budget, Candidate, Proposal

def propose(space):
    for wave in {waves}:
        yield [Proposal(Candidate({{"model": chosen}}), budget) for chosen, budget in wave]

@gridloom.hookimpl
def gridloom_strategies():
    yield gridloom.Strategy("given", "Given waves.", propose)
"""


def found(tmp_path, *waves):
    """The trials of a strategy that proposes these waves, where a full training has two folds."""
    (tmp_path / "given.py").write_text(GIVEN.format(waves=waves))
    space = {"strategy": "given", "space": {"model": {"C": [0.1, 1.0, 10.0]}}}
    experiment = read_tiny(tmp_path, str(tmp_path / "given.py"), search=space)

    def evaluate(wave):
        return [filled(trial, {fit.key: FitResult({"accuracy": 0.5}) for fit in trial.fits}) for trial in wave]

    return search(experiment, evaluate).trials


IN_SPACE = ({"C": 1.0}, Budget())


@pytest.mark.parametrize(
    ("chosen", "told"),
    [
        ({"C": 5.0}, "5.0}, which is not in the space: model.C: 5.0 is not one of 0.1, 1.0, 10.0"),
        ({"C": 0.1, "D": 1}, "which is not in the space: model.D is not in the space"),
        ({}, "which is not in the space: model.C is missing"),
    ],
)
def test_a_candidate_outside_of_the_space_is_refused_in_any_wave(tmp_path, chosen, told):
    with pytest.raises(InvalidInput, match=told):
        found(tmp_path, [(chosen, Budget())])
    with pytest.raises(StopRun, match=f"^strategy 'given' proposed .*{told}"):
        found(tmp_path, [IN_SPACE], [(chosen, Budget())])


@pytest.mark.parametrize("budget", [Budget(cells=2), Budget(cells=100), Budget(share=1.0)])
def test_a_budget_of_all_there_is_ranks_as_a_full_training_and_is_none_twice(tmp_path, budget):
    (trial,) = found(tmp_path, [({"C": 1.0}, budget)])
    assert (trial.proposal.budget, len(trial.fits)) == (Budget(), 2)
    with pytest.raises(StopRun, match="twice with the same budget"):
        found(tmp_path, [IN_SPACE], [({"C": 1.0}, budget)])


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        ("candidate, Budget(cells=1), 7", "whose label is not a str: 7"),
        ("candidate, 3", "whose budget is not a Budget: 3"),
        ("{'C': 1.0}", "whose candidate is not a Candidate: {'C': 1.0}"),
    ],
)
def test_a_proposal_of_something_else_is_refused_before_it_is_trained(tmp_path, arguments, told):
    propose = f"def propose(space):\n    for candidate in space.enumerate():\n        yield [Proposal({arguments})]\n"
    head, _, tail = GIVEN.format(waves="()").partition("def propose")
    (tmp_path / "wrong.py").write_text(head + propose + "@gridloom" + tail.partition("@gridloom")[2])
    with pytest.raises(InvalidInput, match=f"strategy 'given' yielded a Proposal {told}"):
        read_tiny(tmp_path, str(tmp_path / "wrong.py"), search={"strategy": "given", "space": {"model": {"C": [0.1]}}})
