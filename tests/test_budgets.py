"""Budgets: a score of a part of the rows or epochs is no rival of one of all, in the ranking, in reports, for refits."""

from __future__ import annotations

import csv
import json
import re
from dataclasses import replace

import pytest

from gridloom import Budget, Candidate, Proposal, StopRun
from gridloom.core.budgets import FULL
from gridloom.core.trials import Fit, FitResult, Trial, ranked
from gridloom.runs.refit import refit_best
from gridloom.testing import make_result
from gridloom.testing.experiments import read_tiny
from gridloom.testing.training import work_of

HALVING = '''
import gridloom
from gridloom import Budget, Proposal


def halve(space, last: bool = True):
    """All candidates on a fifth of the rows, where the first is best; then the two worst of them on all rows."""
    trials = yield [Proposal(candidate, Budget(share=0.2)) for candidate in space.enumerate()]
    left = [trial.candidate for trial in sorted(trials, key=lambda trial: trial.mean)[:2]]
    if last:
        yield [Proposal(candidate) for candidate in left]


@gridloom.hookimpl
def gridloom_strategies():
    yield gridloom.Strategy("worst_first", "Worst first.", halve)
'''


def trial(number, mean, budget=FULL, status=None):
    candidate = Candidate({"model": {"C": number}})
    fits = tuple(Fit(candidate, 0, fold, budget=budget) for fold in range(2))
    results = tuple(FitResult({"accuracy": mean + 0.01 * fold}) for fold in range(2))
    return Trial(number, Proposal(candidate, budget), fits, status or results)


@pytest.mark.parametrize(
    ("budgets", "best"),
    [
        ([Budget(share=0.1), Budget()], [1]),
        ([Budget(epochs=5), Budget()], [1]),
        ([Budget(share=0.1), Budget(share=0.5)], [1]),
        ([Budget(epochs=5), Budget(epochs=9)], [1]),
        ([Budget(epochs=9, share=0.5), Budget(epochs=5)], [1]),
        ([Budget(share=1.0), Budget()], [0, 1]),
        ([Budget(share=0.5), Budget(share=0.5)], [0, 1]),
    ],
)
def test_the_trials_of_the_largest_budget_rank(budgets, best):
    trials = [trial(number, 0.9 - 0.1 * number, budget) for number, budget in enumerate(budgets)]
    assert [item.number for item in ranked(trials)] == best


def test_a_candidate_that_fails_with_a_larger_budget_does_not_rank():
    def failed(item, budget):
        error = FitResult(error="no")
        return replace(item, proposal=Proposal(item.candidate, budget), results=(error, error))

    small = [trial(number, 0.9 - 0.1 * number, Budget(share=0.5)) for number in range(3)]
    assert [item.number for item in ranked([*small, failed(small[0], FULL)])] == [1, 2]
    assert [item.number for item in ranked([*small, *(failed(item, FULL) for item in small)])] == []
    assert [item.number for item in ranked([*small, failed(small[0], Budget(share=0.1))])] == [0, 1, 2]


def test_a_larger_budget_that_is_not_complete_does_not_hide_the_others():
    trials = [trial(0, 0.9, Budget(share=0.1)), trial(1, 0.5, status=(None, None))]
    assert [item.number for item in ranked(trials)] == [0]


@pytest.fixture
def halved(gridloom, write, tmp_path):
    """Run a search with budgets; returns what is printed and the folder of the run."""

    def halved(**options):
        (tmp_path / "halving.py").write_text(HALVING)
        search = {"strategy": {"name": "worst_first", **options}, "space": {"model": {"C": [1e-4, 0.1, 10.0]}}}
        write(search=search, dataset="breast_cancer", reporters=["console", "csv", "markdown", "json", "html"])
        done = gridloom("run", "small.yaml", "-p", "halving.py")
        assert done.returncode == 0, done.stderr
        return done.stdout, tmp_path / "runs" / "small"

    return halved


def test_every_report_ranks_the_full_trainings_alone_and_tells_the_budgets(halved):
    out, folder = halved()
    result = json.loads((folder / "results.json").read_text())
    budgets = [item["budget"] for item in result["trials"]]
    assert budgets == [{"share": 0.2}] * 3 + [{}] * 2
    assert [item["rank"] is None for item in result["trials"]] == [True] * 3 + [False] * 2
    assert result["best"] in (3, 4)
    assert (result["summary"]["compared"], result["summary"]["smaller"]) == (2, 1)
    assert {item["trial"] for item in result["summary"]["new_data"]["intervals"]} == {3, 4}
    best = result["trials"][result["best"]]["mean"]
    assert re.search(rf"^[= ] {best:f} \(", out, re.MULTILINE)
    assert f"best {best:f}" in out
    assert ", share 0.2" not in out.partition("Mean accuracy")[2].partition("wave ")[0]
    assert "Not compared: 1 trained on a smaller budget only." in out
    rows = list(csv.DictReader((folder / "results.csv").read_text().splitlines()))
    assert [row["budget"] for row in rows] == ["share 0.2"] * 3 + ["full"] * 2
    assert [bool(row["rank"]) for row in rows] == [False] * 3 + [True] * 2
    assert "1 of 3 candidates were trained on a smaller budget only" in (folder / "results.md").read_text()
    assert "1 only on a smaller budget, not ranked" in (folder / "report.html").read_text()


def test_where_none_is_full_the_largest_budget_ranks_and_is_told(halved):
    out, _ = halved(last=False)
    _, first, *_ = out.partition("Mean accuracy")[2].splitlines()
    assert first.endswith(", share 0.2")


def test_a_result_ranks_no_smaller_budget(tmp_path):
    trials = [trial(0, 0.9, Budget(share=0.1)), trial(1, 0.5), trial(2, 0.4)]
    result = replace(make_result(tmp_path), trials=trials)
    assert (result.best.number, [item.number for item in result.unranked]) == (1, [0])
    assert [result.rank(item) for item in trials] == [None, 1, 2]
    assert result.cv_results_["rank_test_score"].tolist() == [3, 1, 2]
    assert "share 0.1" in result._repr_html_()


def test_the_best_of_a_small_budget_is_refitted_in_full(tmp_path):
    class Workers:
        def refit(self, job, fit, folder):
            self.fit = fit
            raise StopRun("not kept")

    workers = Workers()
    result = replace(make_result(tmp_path), trials=[trial(0, 0.9, Budget(epochs=2))])
    refit_best(result, workers, job=None)
    assert [error.message for error in result.report_errors] == ["not kept"]
    assert workers.fit.budget == Budget()


@pytest.mark.parametrize(("budget", "epochs"), [(3, [3, 3]), (8, [5, 8]), (20, [5, 10])])
def test_a_budget_leaves_a_shorter_training_as_it_is(tmp_path, budget, epochs):
    keys = {"model": "mlp", "search": {"space": {"training": {"epochs": [5, 10]}}}}
    work = work_of(read_tiny(tmp_path, **keys))
    fits = [replace(fit, budget=Budget(epochs=budget)) for fit in work.fits if fit.place == work.fits[0].place]
    assert [work.training(fit).epochs for fit in fits] == epochs
