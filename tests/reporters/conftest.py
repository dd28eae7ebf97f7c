"""Results of runs to report on."""

from __future__ import annotations

import pytest

from gridloom import Candidate, Fit, FitResult, Proposal, Result, Trial
from reporters.outcomes import failed


@pytest.fixture
def result(tmp_path):
    """Make a Result of (parameters, results of the folds) for each trial."""

    def make(*trials, **fields):
        made = []
        for number, (params, results) in enumerate(trials):
            candidate = Candidate({"m": params})
            outcomes = tuple(FitResult({"accuracy": item}) if isinstance(item, float) else item for item in results)
            fits = tuple(Fit(candidate, 0, fold) for fold in range(len(outcomes)))
            made.append(Trial(number, Proposal(candidate), fits, outcomes))
        known = {"name": "small", "description": "", "scoring": "accuracy", "folder": tmp_path, "manifest": {}}
        return Result(trials=made, **(known | fields))

    return make


@pytest.fixture
def mixed(result):
    """Three trials: one complete, one failed in its second fold, one not finished."""
    return result(
        ({"rate": 0.1, "name": "a"}, (0.5, 0.75)),
        ({"rate": 0.2, "name": None}, (1.0, failed())),
        ({"rate": 0.3, "name": [1, "é"]}, (0.25, None)),
    )
