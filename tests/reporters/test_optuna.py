"""The reporter `optuna`: what Optuna itself reads from the study."""

from __future__ import annotations

import sys
from dataclasses import replace

import optuna
import pytest
from optuna.distributions import CategoricalDistribution, FloatDistribution, IntDistribution
from optuna.trial import TrialState

import gridloom as loom
from gridloom import Budget, FitResult, GridloomError, Proposal, Trial
from gridloom_plugins.reporters import optuna as reporter
from reporters.outcomes import failed


def read(result, name="", storage=""):
    """The study that Optuna loads, after the report."""
    reporter.report(result, storage=storage, study=name)
    address = storage or f"sqlite:///{result.folder}/optuna.sqlite"
    place = optuna.storages.RDBStorage(address)
    try:
        study = optuna.load_study(study_name=name or result.name, storage=place)
        return study.trials, study.user_attrs, study
    finally:
        place.remove_session()
        place.engine.dispose()


def of_space(result, space, *trials, **fields):
    """A result whose experiment has this space of the group `m`."""
    experiment = {"search": {"space": {"m": space}}, "training": {"epochs": 9}}
    return replace(result(*trials), manifest={"experiment": experiment}, **fields)


def test_candidates_are_trials_with_states_and_scores(result):
    made = result(
        ({"rate": 0.1}, (0.5, 0.7)),
        ({"rate": 0.2}, (0.5, failed("ValueError: two\nlines"))),
        ({"rate": 0.3}, (0.5, None)),
    )
    trials, about, study = read(made)
    assert [trial.state for trial in trials] == [TrialState.COMPLETE, TrialState.FAIL, TrialState.RUNNING]
    assert [trial.value for trial in trials] == [0.6, None, None]
    assert [trial.params for trial in trials] == [{"rate": 0.1}, {"rate": 0.2}, {"rate": 0.3}]
    assert trials[1].user_attrs["error"] == "ValueError: two\\nlines"
    assert trials[0].user_attrs["std"] == pytest.approx(0.1)
    assert about["verdict"] == made.summary.sentence
    assert study.best_params == {"rate": 0.1}
    assert study.direction.name == "MAXIMIZE"


@pytest.mark.parametrize(
    ("values", "tried", "expected"),
    [
        ([1, 2, 4], (1, 4), CategoricalDistribution([1, 2, 4])),
        ({"values": [True, False], "when": {"y": 1}}, (True, False), CategoricalDistribution([True, False])),
        ({"low": 1, "high": 9}, (1, 9), IntDistribution(1, 9)),
        ({"low": 2, "high": 9, "step": 3}, (2, 8), IntDistribution(2, 8, step=3)),
        ({"low": 8, "high": 64, "scale": "log"}, (8, 20), IntDistribution(8, 64, log=True)),
        ({"low": 0.1, "high": 1.0}, (0.1, 0.35), FloatDistribution(0.1, 1.0)),
        ({"low": 1e-4, "high": 1.0, "scale": "log"}, (1e-3, 1e-4), FloatDistribution(1e-4, 1.0, log=True)),
        ({"low": 0.0, "high": 1.0, "step": 0.2}, (0.6, 1.0), FloatDistribution(0.0, 1.0, step=0.2)),
        ({"low": 0.0, "high": 1.0, "count": 5}, (0.25, 1.0), FloatDistribution(0.0, 1.0, step=0.25)),
        ({"low": 0.01, "high": 1.0, "count": 3, "scale": "log"}, (0.01, 0.1), CategoricalDistribution([0.01, 0.1])),
        ([[8], [8, 4]], ([8], [8, 4]), CategoricalDistribution(["[8]", "[8, 4]"])),
        ([1, True], (1, True), CategoricalDistribution(["1", "true"])),
        ({"low": 1, "high": 5}, (1, 7), CategoricalDistribution([1, 7])),
    ],
)
def test_what_is_tried_is_a_distribution(values, tried, expected, result):
    made = of_space(result, {"x": values}, *(({"x": value}, (0.5,)) for value in tried))
    trials, _, _ = read(made)
    assert [trial.distributions["x"] for trial in trials] == [expected] * len(tried)
    texts = expected.choices if isinstance(expected, CategoricalDistribution) else ()
    assert all(trial.params["x"] in (*tried, *texts) for trial in trials)


def test_parameters_of_two_groups_and_of_unions_have_names_and_values_of_their_own(result):
    first, second = loom.Candidate({"a": {"x": 1}, "b": {"x": 2}}), loom.Candidate({"a": {"x": 5}})
    made = result(({"x": 1}, (0.5,)), ({"x": 2}, (0.5,)))
    given = [replace(trial, proposal=Proposal(own)) for trial, own in zip(made.trials, (first, second), strict=True)]
    union = [{"a": {"x": [1, 2]}, "b": {"x": [2]}}, {"a": {"x": [5]}}]
    made = replace(made, trials=given, manifest={"experiment": {"search": {"space": union}}})
    trials, _, _ = read(made)
    assert [trial.params for trial in trials] == [{"a.x": 1, "b.x": 2}, {"a.x": 5}]
    assert trials[0].distributions["a.x"] == CategoricalDistribution([1, 5])


def test_candidates_that_only_had_smaller_budgets_are_pruned(result):
    made = of_space(result, {"x": [0, 1]}, ({"x": 0}, (0.5,)), ({"x": 1}, (0.7,)), ({"x": 1}, (0.8,)))
    short = [
        Trial(trial.number, Proposal(trial.candidate, Budget(epochs=3) if trial.number < 2 else Budget()), trial.fits, trial.results)
        for trial in made.trials
    ]  # fmt: skip
    trials, about, _ = read(replace(made, trials=short))
    assert [trial.state for trial in trials] == [TrialState.PRUNED, TrialState.COMPLETE]
    assert trials[0].user_attrs == {
        "trials": "0",
        "budget": short[0].proposal.budget.text,
        "accuracy with this budget": 0.5,
    }
    assert [trial.intermediate_values for trial in trials] == [{3: 0.5}, {3: 0.7, 9: 0.8}]
    assert about["intermediate values"] == "accuracy"


def test_histories_are_intermediate_values(result):
    curve = FitResult({"accuracy": 0.5}, {"loss": [1.0, 0.5], "val_loss": [4.0, 2.0]}, fit_seconds=60.0)
    other = FitResult({"accuracy": 0.7}, {"loss": [1.0, 0.5], "val_loss": [2.0, 1.0]}, fit_seconds=8.0)
    (trial,), about, _ = read(result(({"x": 1}, (curve, other))))
    assert trial.intermediate_values == {1: 3.0, 2: 1.5}
    assert about["intermediate values"] == "val_loss"
    assert trial.duration.total_seconds() == pytest.approx(68)


def test_a_second_report_replaces_the_first_and_nothing_else(result, tmp_path):
    made = result(({"x": 1}, (0.5,)), ({"x": 2}, (0.6,)))
    read(made)
    assert len(read(made)[0]) == 2
    storage = f"sqlite:///{tmp_path}/all.sqlite"
    assert len(read(made, "mine", storage)[0]) == 2
    with pytest.raises(GridloomError, match=r"does not replace the study 'mine' at .*; name another one with 'study:'"):
        read(replace(made, folder=tmp_path / "other"), "mine", storage)


def test_what_cannot_be_kept_is_said_in_a_sentence_without_the_password(result):
    made = result(({"x": 1}, (0.5,)))
    with pytest.raises(
        GridloomError, match=r"cannot keep a study at sqlite:////nowhere/at/all\.sqlite: unable to open"
    ):
        reporter.report(made, storage="sqlite:////nowhere/at/all.sqlite")
    with pytest.raises(GridloomError, match="cannot keep a study at") as caught:
        reporter.report(made, storage="nosuch://joe:secret@host/base")
    assert "secret" not in str(caught.value)


def test_a_run_is_a_study_that_optuna_continues_from(gridloom, write, tmp_path):
    search = {
        "strategy": {"name": "random", "candidates": 4},
        "space": {"model": {"C": {"low": 0.01, "high": 10.0, "scale": "log"}}},
    }
    done = gridloom("run", write(search=search, scoring=["accuracy", "f1_macro"], reporters=["optuna"]))
    assert done.returncode == 0, done.stderr
    place = optuna.storages.RDBStorage(f"sqlite:///{tmp_path}/runs/small/optuna.sqlite")
    study = optuna.load_study(study_name="small", storage=place)
    assert len(study.trials) == 4
    assert {"std", "in_tie_set", "f1_macro"} <= study.best_trial.user_attrs.keys()
    asked = study.ask({"C": FloatDistribution(0.01, 10.0, log=True)})
    assert 0.01 <= asked.params["C"] <= 10
    place.remove_session()
    place.engine.dispose()


def test_without_optuna_there_is_advice(result, monkeypatch):
    monkeypatch.setitem(sys.modules, "optuna", None)
    with pytest.raises(GridloomError, match=r"needs it: pip install 'gridloom\[optuna\]'$"):
        reporter.report(result(({"x": 1}, (0.5,))))
