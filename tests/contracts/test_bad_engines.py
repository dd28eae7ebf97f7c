"""Every check of the contract of engines fails for an engine that breaks it."""

from __future__ import annotations

import pytest

from contracts.breaking import Bad, breaks, checks_of, held_against
from gridloom import Candidate, Fit, FitResult
from gridloom.testing import EngineContract
from gridloom.testing.engines import TOO_LARGE
from gridloom.testing.training import Answer

pytestmark = pytest.mark.slow


def engine(body="", fields="", extra=""):
    lines = "\n        ".join((body or "yield fit, answer(work, fit)").splitlines())
    return f"""
import os
import random
from dataclasses import dataclass, replace
{extra}
SEEN = []

def answer(work, fit):
    try:
        work.build(fit)
    except ValueError as error:
        return gridloom.FitResult.failed(error)
    return gridloom.FitResult(dict.fromkeys(work.scoring, work.seed(fit) / 2**31))

def train(work):
    for fit in work.fits:
        {lines}

@gridloom.hookimpl
def gridloom_engines():
    yield gridloom.Engine("bad", "Bad.", train, trains="estimator"{fields})
"""


SETTINGS = """
@dataclass(frozen=True)
class Training:
    epochs: int = 1
"""

PLACE = "yield fit, gridloom.FitResult(dict.fromkeys(work.scoring, work.fits.index(fit)))"

BAD = {
    "test_it_trains_kinds_of_models_that_builders_make": Bad(
        engine().replace('trains="estimator"', 'trains="machine"'), "it trains machine, but builders make estimator"
    ),
    "test_its_training_settings_are_annotated_and_documented": Bad(
        engine(extra=SETTINGS, fields=", training=Training"), "does not describe 'epochs'"
    ),
    "test_its_packages_are_installed": Bad(
        engine(fields=", packages=('scikitlearn',)"), "'scikitlearn', but no such dist", error=pytest.fail.Exception
    ),
    "test_its_environment_is_text_and_depends_on_its_options_alone": Bad(
        engine(fields=", environment=lambda options: {'OMP_NUM_THREADS': 1}"), "names and values are text"
    ),
    "test_it_cuts_fits_into_batches_each_fit_once": Bad(
        engine(fields=", cut=lambda fits: [fits[:2]]"), "a fit is in no batch, or in more than one"
    ),
    "test_it_cuts_by_the_fits_alone": Bad(
        engine(fields=", cut=lambda fits: [fits[:1], fits[1:]] if os.cpu_count() > 8 else [fits]"),
        "with 64 cores it cuts different batches",
    ),
    "test_it_returns_one_result_a_fit": Bad(
        engine("yield fit, answer(work, fit)\nyield fit, answer(work, fit)"),
        "it returns a fit twice",
        arguments={"name": "all together"},
    ),
    "test_a_fit_has_the_same_result_alone_and_with_neighbours": Bad(
        engine(PLACE), r"backwards a fit scores 0\.0, but all together 5\.0", arguments={"name": "backwards"}
    ),
    "test_a_fit_that_fails_fails_alone": Bad(
        engine("yield fit, gridloom.FitResult(dict.fromkeys(work.scoring, work.seed(fit) / 2**31))"),
        "its error for a failure is None",
    ),
    "test_it_weighs_rows_if_it_says_so": Bad(
        engine(fields=", weighs=True"), "it has weighs=True, but a fit scores .* with and without weights"
    ),
    "test_it_watches_and_ends_trainings_if_it_says_so": Bad(
        engine(
            "yield fit, replace(answer(work, fit), history={'loss': [1.0] * work.training(fit).epochs})",
            extra=SETTINGS,
            fields=", training=Training, decides=True",
        ),
        r"stopped after two epochs its history has the lengths \{4\}, not 2",
    ),
    "test_it_resumes_trainings_if_it_says_so": Bad(
        engine(fields=", training=Training, resumes=True", extra=SETTINGS),
        "it has resumes=True, but does not keep or load the state of 2 fits",
    ),
    "test_it_counts_parameters_if_it_says_so": Bad(
        engine(fields=", counts=True"),
        "it has counts=True, but the error for a model with more than one parameter is None",
        arguments={"answers": {TOO_LARGE: Answer([[(Fit(Candidate({}), 0, 0, 0), FitResult({"r2": 0.5}))]])}},
    ),
    "test_it_leaves_the_data_alone": Bad(
        engine("work.data.X[:] = 0\nyield fit, answer(work, fit)"), "it changed the data"
    ),
    "test_the_kept_model_is_a_file_in_the_folder": Bad(
        engine(fields=", refit=lambda work, fit, folder: gridloom.KeptModel(folder / 'best.model')"),
        r"best\.model is not a file in",
    ),
}


@pytest.mark.parametrize("check", BAD)
def test_the_check_fails_for_the_bad_engine(check, tmp_path, tmp_path_factory, monkeypatch):
    bad = BAD[check]
    fixtures = {"tmp_path": tmp_path, "monkeypatch": monkeypatch, **answers(bad.text, tmp_path, tmp_path_factory)}
    breaks(EngineContract, check, bad, tmp_path, **fixtures)


def answers(text, folder, tmp_path_factory):
    """What the bad engine answers in a worker, where it is asked."""
    unasked = ("cut=", "packages=", "environment=", "machine", "training=Training)", "counts=")
    if any(part in text for part in unasked):
        return {}
    held = held_against(EngineContract, text, folder)
    return {"answers": type(held).answers.__wrapped__.__func__(type(held), tmp_path_factory)}


def test_every_check_has_a_bad_engine():
    assert set(BAD) == checks_of(EngineContract)
