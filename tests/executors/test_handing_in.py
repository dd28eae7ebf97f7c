"""A worker that has been busy for long hands in what it has, but all results of one training together."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from gridloom.core.batches import by_training, trainings
from gridloom.core.candidate import Candidate
from gridloom.core.trials import Fit, FitResult
from gridloom.training import worker


def lasting(*epochs, folds=1, rate=0.1):
    return [
        Fit(Candidate({"training": {"learning_rate": rate, "epochs": number}}), 0, fold)
        for number in epochs
        for fold in range(folds)
    ]


def test_fits_that_differ_in_their_epochs_alone_are_one_training():
    fits = [*lasting(2, 5, folds=2), *lasting(2, rate=0.5)]
    first, second, other = fits[0:4:2], fits[1:4:2], fits[4:]
    assert trainings(fits) == by_training(fits) == [first, second, other]
    assert by_training(fits[:2]) == [fits[:2]]


@pytest.mark.parametrize(("continues", "handed_in"), [(False, 1), (True, 3)])
def test_all_results_of_a_training_are_handed_in_together(monkeypatch, continues, handed_in):
    monkeypatch.setattr(worker, "MAX_SECONDS", -1.0)
    fits = [*lasting(1, 2, 3), *lasting(1, 2, rate=0.5)]

    def trained(work, **_):
        return ((fit, FitResult({"accuracy": 0.5})) for fit in work.fits)

    engine = SimpleNamespace(name="mine", train=trained, continues=continues, notes=list)
    ready = SimpleNamespace(recipe=None, calls=None, engine=engine, engine_options={})
    job = SimpleNamespace(data=None, splits=(), models=None, kept_states=None, time_limit=None, keeps_predictions=False)
    outcome = worker._trained(ready, job, fits)
    assert [result is not None for result in outcome.results] == [True] * handed_in + [False] * (5 - handed_in)
