"""The ranked result of a search, and its table in the shape of scikit-learn's."""

from __future__ import annotations

import math
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st
from reporters.outcomes import HOSTILE
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import gridloom
from gridloom import Candidate, Fit, FitResult, Proposal, Result, Trial
from gridloom.registry.records import Dataset

GRID = {"C": [0.001, 0.01, 1.0, 10.0, 100.0], "max_iter": [100, 200]}


def trial(number, *scores, params=None):
    """A trial of one fit a score: a number is a finished fit, "failed" a failed one, None one that is missing."""
    candidate = Candidate({"m": {"x": number} if params is None else params})
    outcomes = {None: None, "failed": FitResult(error="ValueError: x")}
    results = tuple(
        outcomes[score] if score in outcomes else FitResult({"accuracy": score}, {}, 2.0, 0.5) for score in scores
    )
    return Trial(number, Proposal(candidate), tuple(Fit(candidate, 0, fold) for fold in range(len(scores))), results)


def result(*trials):
    return Result("small", "", "accuracy", trials, Path("runs/small"), {})


# The command that runs it again


@pytest.mark.parametrize(
    ("folder", "plugins", "command"),
    [
        ("runs/small", [], "runs/small/experiment.yaml"),
        ("other runs/small", [], "'other runs/small/experiment.yaml' --out 'other runs'"),
        ("small", ["{here}/my plugin.py", "package.module"], "small/experiment.yaml --out . -p 'my plugin.py' -p package.module"),
        ("../runs/small", ["{above}/x.py"], "{above}/runs/small/experiment.yaml --out {above}/runs -p {above}/x.py"),
    ],
)  # fmt: skip
def test_the_command_that_runs_it_again_is_for_the_current_folder(folder, plugins, command, tmp_path, monkeypatch):
    (tmp_path / "here").mkdir()
    monkeypatch.chdir(tmp_path / "here")
    places = {"here": tmp_path / "here", "above": tmp_path}
    manifest = {"asked_for": [plugin.format(**places) for plugin in plugins]}
    mine = replace(result(trial(0, 0.5)), folder=Path(folder), manifest=manifest)
    assert mine.command == f"gridloom run {command.format(**places)}"


# Ranks


def test_the_highest_mean_is_best_and_equal_means_keep_the_order_of_their_proposals():
    mine = result(trial(0, 0.5, 0.5), trial(1, 0.75, 1.0), trial(2, 1.0, 0.75), trial(3, 0.25, 0.25))
    assert [item.number for item in mine.ranked] == [1, 2, 0, 3]
    assert mine.best.number == 1


def test_equal_means_share_a_rank_and_the_next_rank_counts_both():
    mine = result(trial(0, 0.5, 0.5), trial(1, 0.75, 1.0), trial(2, 1.0, 0.75), trial(3, 0.25, 0.25))
    assert mine.ranks == {0: 3, 1: 1, 2: 1, 3: 4}


def test_what_failed_or_is_not_finished_never_ranks():
    mine = result(trial(0, 1.0, "failed"), trial(1, 0.5, 0.25), trial(2, 1.0, None), trial(3, 0.125, 0.125))
    assert [item.number for item in mine.ranked] == [1, 3]
    assert mine.best.number == 1
    assert [item.number for item in mine.failed] == [0]
    assert mine.ranks == {0: 3, 1: 1, 2: 3, 3: 2}
    assert not mine.is_complete


def test_a_search_without_a_complete_trial_has_no_best():
    mine = result(trial(0, "failed", 0.5), trial(1, "failed", "failed"))
    assert mine.best is None
    assert mine.ranked == []
    assert mine.ranks == {0: 1, 1: 1}
    assert mine.is_complete


def test_negative_scores_rank_by_their_value():
    assert result(trial(0, -3.0), trial(1, -1.0), trial(2, -2.0)).ranks == {0: 3, 1: 1, 2: 2}


@given(st.lists(st.integers(-3, 3), min_size=1, max_size=12))
def test_a_rank_is_one_more_than_the_number_of_higher_means(means):
    ranks = result(*(trial(number, float(mean)) for number, mean in enumerate(means))).ranks
    assert ranks == {number: 1 + sum(other > mean for other in means) for number, mean in enumerate(means)}


# cv_results_


def test_the_table_holds_failures_and_what_is_missing_as_nan():
    table = result(trial(0, 1.0, "failed"), trial(1, 0.5, 0.25), trial(2, None, None)).cv_results_
    assert table["split0_test_score"].tolist() == pytest.approx([1.0, 0.5, math.nan], nan_ok=True)
    assert table["split1_test_score"].tolist() == pytest.approx([math.nan, 0.25, math.nan], nan_ok=True)
    assert table["mean_test_score"].tolist() == pytest.approx([math.nan, 0.375, math.nan], nan_ok=True)
    assert table["std_test_score"].tolist() == pytest.approx([math.nan, 0.125, math.nan], nan_ok=True)
    assert table["rank_test_score"].tolist() == [2, 1, 2]
    assert table["mean_fit_time"].tolist() == pytest.approx([1.0, 2.0, math.nan], nan_ok=True)


def test_a_parameter_that_a_candidate_does_not_have_is_masked():
    table = result(trial(0, 0.5, params={"x": None}), trial(1, 0.5, params={"y": [1, 2]})).cv_results_
    assert table["params"] == [{"x": None}, {"y": [1, 2]}]
    assert table["param_x"].mask.tolist() == [False, True]
    assert table["param_y"].mask.tolist() == [True, False]
    assert table["param_y"][1] == [1, 2]


def test_a_search_without_trials_has_an_empty_table():
    assert result().cv_results_["mean_test_score"].tolist() == []


# A notebook


def cells(mine):
    """The rows of what a notebook shows, parsed strictly, and the text around them."""
    page = ET.fromstring(f"<div>{mine._repr_html_()}</div>")
    rows = [["".join(cell.itertext()) for cell in row] for row in page.iter("tr")]
    return rows, ["".join(paragraph.itertext()) for paragraph in page.iter("p")]


def test_a_notebook_shows_the_sentence_and_the_trials_from_the_best_on():
    mine = result(trial(0, 0.5, 0.5), trial(1, 0.75, 1.0), trial(2, 1.0, "failed"), trial(3, 0.5, None))
    rows, (sentence, failure) = cells(mine)
    assert failure == f"{{'x': 2}} failed: {mine.failed[0].failures[0][1].error}"
    assert sentence == f"small: {mine.summary.sentence} {mine.summary.next_step}"
    assert rows == [
        ["rank", "mean", "std", "parameters"],
        ["1", "0.875000", "0.125000", "{'x': 1}"],
        ["2", "0.500000", "0.000000", "{'x': 0}"],
        ["", "failed", "", "{'x': 2}"],
        ["", "incomplete", "", "{'x': 3}"],
    ]


def test_a_notebook_shows_ten_trials_and_says_how_many_more_there_are():
    rows, (_, more) = cells(result(*(trial(number, 0.5, 0.25) for number in range(1234))))
    assert len(rows) == 1 + 10
    assert more == "1,224 more trials"


@pytest.mark.parametrize("text", [*HOSTILE, "<script>alert(1)</script>", "</td>", "&lt;", "a|b", "caf\udce9"])
def test_a_notebook_shows_hostile_names_as_text(text):
    mine = replace(result(trial(0, 0.5, params={text: text}), trial(1, 0.5, params={text: 1})), name=text)
    printable = "\x1b" not in text and "\udce9" not in text
    rows, (sentence,) = cells(mine) if printable else cells(replace(mine, name="x"))
    assert rows[1][3] == str({text: text})
    assert sentence.startswith(f"{text}: " if printable else "x: ")


def test_a_notebook_shows_a_search_without_trials():
    rows, (sentence,) = cells(result())
    assert len(rows) == 1
    assert sentence.endswith("No verdict: no candidate is complete.")


# Beside scikit-learn's own search


@pytest.fixture(scope="module")
def mine(tmp_path_factory):
    """A search by Gridloom."""
    folder = tmp_path_factory.mktemp("search")
    experiment = {
        "dataset": "pima",
        "model": "logistic_regression",
        "search": {"strategy": "grid", "space": {"model": GRID}},
        "validation": {"method": "kfold", "folds": 3, "shuffle": False},
        "reporters": [],
    }
    (folder / "search.yaml").write_text(yaml.safe_dump(experiment, sort_keys=False))
    return gridloom.run(folder / "search.yaml", n_jobs=1, out=folder / "runs")


@pytest.fixture(scope="module")
def theirs(registry):
    """The same search by scikit-learn."""
    data = registry.find(Dataset, "pima").record.load()
    grid = {f"logisticregression__{name}": values for name, values in GRID.items()}
    search = GridSearchCV(make_pipeline(StandardScaler(), LogisticRegression()), grid, cv=KFold(3))
    return search.fit(data.X, data.y)


def test_the_table_has_the_keys_of_scikit_learn_in_its_order(mine, theirs):
    assert list(mine.cv_results_) == [key.replace("logisticregression__", "") for key in theirs.cv_results_]


def test_every_split_has_the_score_of_scikit_learn(mine, theirs):
    for split in range(3):
        key = f"split{split}_test_score"
        assert mine.cv_results_[key].tolist() == theirs.cv_results_[key].tolist()


def test_means_and_standard_deviations_are_those_of_scikit_learn(mine, theirs):
    for key in ("mean_test_score", "std_test_score"):
        assert mine.cv_results_[key] == pytest.approx(theirs.cv_results_[key], rel=1e-12)


def test_ranks_are_those_of_scikit_learn_with_their_ties(mine, theirs):
    ranks = theirs.cv_results_["rank_test_score"]
    assert len(set(ranks.tolist())) < len(ranks)
    assert mine.cv_results_["rank_test_score"].tolist() == ranks.tolist()
    assert mine.cv_results_["rank_test_score"].dtype == ranks.dtype


def test_candidates_stand_in_the_order_of_scikit_learn(mine, theirs):
    for name in GRID:
        ours, other = mine.cv_results_[f"param_{name}"], theirs.cv_results_[f"param_logisticregression__{name}"]
        assert type(ours) is type(other)
        assert ours.tolist() == other.tolist()
    assert mine.best.params == {name.rpartition("__")[2]: value for name, value in theirs.best_params_.items()}
    assert mine.best.mean == pytest.approx(theirs.best_score_, rel=1e-12)


def test_every_column_has_the_length_and_the_times_make_sense(mine, theirs):
    assert {len(column) for column in mine.cv_results_.values()} == {10}
    for what in ("fit", "score"):
        assert (mine.cv_results_[f"mean_{what}_time"] > 0).all()
        assert (mine.cv_results_[f"std_{what}_time"] >= 0).all()


# A table for pandas


def test_the_frame_has_a_row_for_every_trial_and_the_columns_of_the_table(mine):
    frame = mine.to_frame()
    assert list(frame.columns) == list(mine.cv_results_)
    assert frame["param_C"].tolist() == [C for C in GRID["C"] for _ in GRID["max_iter"]]
    assert frame["params"].tolist() == [item.params for item in mine.trials]
    assert frame.loc[frame["rank_test_score"] == 1, "mean_test_score"].iloc[0] == mine.best.mean


def test_the_frame_shows_what_is_missing_as_missing():
    frame = result(trial(0, 0.5, params={"x": 1}), trial(1, "failed", params={"y": [1, 2]})).to_frame()
    assert frame["param_x"].isna().tolist() == [False, True]
    assert frame["mean_test_score"].isna().tolist() == [False, True]
    assert frame["param_y"][1] == [1, 2]


def test_a_result_is_told_in_a_line():
    mine = result(trial(0, 0.5), trial(1, None))
    assert repr(mine) == (
        f"<Result {mine.name}: accuracy of 2 trials, not finished, in {mine.folder}; best: {mine.trials[0]!r}>"
    )
