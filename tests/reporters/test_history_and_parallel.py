"""The optimization history and parallel coordinates: their data, and how the page draws them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from gridloom import Candidate
from gridloom.results.baseline import Baseline
from gridloom.testing.results import RESULTS
from gridloom_plugins.figures.history import history
from gridloom_plugins.figures.parallel import parallel
from gridloom_plugins.html.history import history_plot
from gridloom_plugins.html.parallel import ABSENT, parallel_plot
from reporters.outcomes import failed
from reporters.searches import grid, searched

# History


def test_the_best_so_far_never_falls_and_gains_are_the_trials_that_raised_it(tmp_path):
    scores = [0.5, 0.7, 0.6, 0.7, 0.9]
    found = history(searched(grid(x=list(range(5))), tmp_path, score=lambda number: scores[number], seeds=1))
    assert [place for place, _ in found.ranked] == [1, 2, 3, 4, 5]
    assert list(found.best) == sorted(found.best)
    assert found.best[-1] == max(trial.mean for _, trial in found.ranked)
    assert {1, 2, 5} <= {place for place, _ in found.gains} <= {1, 2, 4, 5}


def test_smaller_budgets_and_failures_have_their_places_but_are_never_the_best(tmp_path):
    result = RESULTS["several waves"](tmp_path)
    found = history(result)
    assert found.trials == 12
    assert [place for place, _ in found.ranked] == [11, 12]
    assert len(found.smaller) + len(found.failed) == 10
    assert len(found.failed) == 1
    plot = history_plot(result)
    (line,) = [trace for trace in plot.traces if trace["mode"] == "lines"]
    assert set(line["y"]) <= {trial.mean for _, trial in found.ranked}
    assert "1 trial that failed" in " ".join(plot.notes)
    assert "smaller budgets" in " ".join(plot.notes)


@pytest.mark.parametrize("count", [0, 1])
def test_fewer_than_two_trials_have_no_history(count, tmp_path):
    assert history(searched(grid(x=list(range(count))), tmp_path)) is None


def test_a_trial_that_is_not_finished_keeps_its_place(result):
    found = history(result(({"x": 1}, (0.5, None)), ({"x": 2}, (0.5, 0.6)), ({"x": 3}, (0.7, 0.6))))
    assert ([place for place, _ in found.ranked], found.trials) == ([2, 3], 3)


@pytest.mark.parametrize(
    ("score", "told"), [(0.72, "Dashed: the baseline, 0.7200."), (0.2, "The baseline, 0.2000, lies below the axis.")]
)
def test_the_baseline_is_a_line_as_far_as_the_axis_goes(score, told, tmp_path):
    mine = searched(grid(x=[1, 2, 3]), tmp_path, baseline=Baseline("the most frequent class", {"accuracy": score}))
    plot = history_plot(mine)
    assert told in plot.notes
    assert [shape["y0"] for shape in plot.layout["shapes"]] == [score]


# Parallel coordinates


def test_each_candidate_is_a_line_through_its_values_best_first(tmp_path):
    mine = searched(grid(rate=[1e-4, 1e-3, 1e-2], kind=["a", "b", "c"]), tmp_path)
    found = parallel(mine, 1000, 10)
    assert sorted(found.names) == ["kind", "rate"]
    for line, trial in zip(found.lines, mine.ranked, strict=True):
        shares = dict(zip(found.names, line.shares, strict=True))
        assert line.trial is trial
        assert shares["rate"] == pytest.approx({1e-4: 0, 1e-3: 0.5, 1e-2: 1}[trial.params["rate"]])
        assert shares["kind"] == {"a": 0, "b": 0.5, "c": 1}[trial.params["kind"]]
    assert [line.group for line in found.lines] == [0, 1, 1, 2, 2, 3, 3, 3, 3]


def test_what_matters_most_stands_beside_the_mean(tmp_path):
    mine = searched(grid(a=[1, 2, 3], b=[1, 2, 3]), tmp_path, score=lambda number: 0.5 + 0.1 * (number // 3))
    assert parallel(mine, 1000, 10).names == ("b", "a")
    only = parallel(mine, 4, 1)
    assert (only.names, len(only.lines), only.candidates, only.parameters) == (("a",), 4, 9, 2)


def test_a_candidate_without_a_parameter_crosses_below_its_axis(tmp_path):
    candidates = [
        Candidate({"m": {"x": 1, "y": 2.0}}),
        Candidate({"m": {"x": 2}}),
        Candidate({"m": {"x": 3, "y": 1.0}}),
    ]
    plot = parallel_plot(searched(candidates, tmp_path))
    drawn = [y for trace in plot.traces if trace["mode"] == "lines" for y in trace["y"]]
    assert drawn.count(ABSENT) == 1
    assert "without that hyperparameter" in " ".join(plot.notes)


@pytest.mark.parametrize("domains", [{"x": [1, 2, 3]}, {"x": [1], "y": [2]}, {"x": [1], "y": ["a", "b"]}])
def test_a_search_of_one_hyperparameter_has_no_parallel_coordinates(domains, tmp_path):
    assert parallel_plot(searched(grid(**domains), tmp_path)) is None


def test_a_thousand_candidates_are_five_traces_and_a_few_dots(tmp_path):
    mine = searched(grid(x=list(range(40)), y=list(range(30))), tmp_path, folds=2, seeds=1)
    plot = parallel_plot(mine)
    lines = [trace for trace in plot.traces if trace["mode"] == "lines"]
    assert len(lines) == 4
    assert sum(x is None for trace in lines for x in trace["x"]) == 1000
    assert sum(len(trace["x"]) for trace in plot.traces if trace["mode"] == "markers") == 1000
    assert "The best 1,000 of 1,200 candidates." in plot.notes


def test_equal_means_and_failures_have_a_plot_that_stays_on_its_axes(tmp_path):
    mine = searched(grid(x=[1, 2], y=[1, 2]), tmp_path)
    for trial in mine.trials:
        object.__setattr__(trial, "results", tuple(replace(r, scores={"accuracy": 0.5}) for r in trial.results))
    object.__setattr__(mine.trials[3], "results", (failed(), *mine.trials[3].results[1:]))
    plot = parallel_plot(mine)
    assert all(-0.2 < y < 1.2 for trace in plot.traces for y in trace["y"] if y is not None)
