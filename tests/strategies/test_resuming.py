"""A search that is cut anywhere, within a wave or between two, goes on from what is journaled to the same end."""

from __future__ import annotations

import pytest

from gridloom import FitResult
from gridloom.experiment.bind import read_experiment
from gridloom.searching.loop import filled, search
from strategies.driving import chance
from strategies.test_every_strategy import STRATEGIES, made_up, options_of

SPACE = [
    {"model": {"trees": {"low": 1, "high": 9}, "max_depth": [1, 2]}},
    {"model": {"trees": {"low": 10, "high": 30, "count": 3}}},
]
MOST_CUTS = 3
"""So many waves of a long search are cut."""

FITS = {"method": "kfold", "folds": 2, "seeds": 4}


class Journal:
    """Results of fits by their keys: made up for so many fits, after which none is finished any more."""

    def __init__(self, results, most):
        self.results = dict(results)
        self.most = most

    def evaluate(self, trials):
        for fit in (fit for trial in trials for fit in trial.fits if fit.key not in self.results):
            if len(self.results) < self.most:
                score = made_up(fit.candidate, fit.budget)
                self.results[fit.key] = (
                    FitResult(error="ValueError: made to fail")
                    if score is None
                    else FitResult({"accuracy": score + chance(fit)})
                )
        return [filled(trial, self.results) for trial in trials]


@pytest.mark.parametrize("name", STRATEGIES)
def test_a_search_goes_on_as_if_nothing_had_happened(name, write, registry):
    strategy = next({"name": name, **options} for options in options_of(name) if "epochs" not in options)
    experiment = read_experiment(
        write(model="random_forest", search={"strategy": strategy, "space": SPACE}, validation=FITS), registry
    )
    whole = Journal({}, 10**6)
    expected = search(experiment, whole.evaluate)
    assert expected.is_complete
    last = max(trial.wave for trial in expected.trials)
    for wave in range(0, last + 1, 1 + last // MOST_CUTS):
        done = {fit.key for trial in expected.trials if trial.wave <= wave for fit in trial.fits}
        for cut in (len(done) - 3, len(done)):  # within the wave, and after it
            before = Journal({}, cut)
            search(experiment, before.evaluate)
            assert len(before.results) == cut
            after = Journal(before.results, 10**6)
            assert search(experiment, after.evaluate) == expected, f"cut after {cut} fits"
            assert after.results.keys() == whole.results.keys()
