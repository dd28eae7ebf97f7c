"""Nested cross-validation: the search in every outer fold, its winner scored on rows that it has not seen."""

from __future__ import annotations

import hashlib
import math

import numpy as np
import pytest
from journaled import journaled
from scored import trial
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GridSearchCV, KFold
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

import gridloom
from gridloom import Candidate, Fit, InvalidInput
from gridloom.core.split import ALL_ROWS
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.splits import Validation
from gridloom.registry.records import Dataset
from gridloom.searching.nested import Nested, OuterFold

GRID = [1e-4, 1e-2, 1.0]
SEARCH = {
    "dataset": "pima",
    "search": {"strategy": "grid", "space": {"model": {"C": GRID}}},
    "validation": {"method": "kfold", "folds": 3, "shuffle": False, "nested": {"folds": 5}},
}


@pytest.fixture(scope="module")
def data(registry):
    return registry.find(Dataset, "pima").record.load()


# Which rows train and test


def test_inner_splits_lie_inside_the_training_rows_of_their_outer_fold(data):
    validation = Validation("stratified_kfold", {"folds": 3, "repeats": 2}, nested={"folds": 4})
    splits = validation.materialise_nested(data, seed=7)
    assert [split.place for split in splits[:7]] == [
        *((0, repeat, fold) for repeat in range(2) for fold in range(3)),
        (0, 0, ALL_ROWS),
    ]
    assert [split.outer for split in splits] == [outer for outer in range(4) for _ in range(7)]
    tested = []
    for start in range(0, len(splits), 7):
        *inner, whole = splits[start : start + 7]
        assert sorted([*whole.train, *whole.test]) == list(range(len(data.y)))
        tested += whole.test.tolist()
        for split in inner:
            assert sorted([*split.train, *split.test]) == whole.train.tolist()
    assert sorted(tested) == list(range(len(data.y)))


def test_outer_folds_are_cut_once_by_the_same_method_unless_they_say_otherwise():
    options = {"folds": 3, "shuffle": True, "repeats": 4}
    assert Validation("kfold", options, nested={}).outer == Validation("kfold", options | {"repeats": 1})
    assert Validation("kfold", options, nested={"folds": 5, "repeats": 2}).outer.options["repeats"] == 2
    assert Validation("kfold", options).outer is None


def test_a_search_that_is_not_nested_has_the_keys_that_it_always_had():
    candidate = Candidate({"model": {"C": 1}})
    before = '{"budget":{},"candidate":{"model":{"C":1}},"fold":1,"repeat":0,"replica":0}'
    assert Fit(candidate, 0, 1).key == hashlib.sha256(before.encode()).hexdigest()
    assert len({Fit(candidate, 0, 1, outer=outer).key for outer in (None, 0, 1)}) == 3


# Beside scikit-learn


def test_every_outer_fold_has_the_winner_and_the_score_of_scikit_learn(finished, tmp_path, data):
    result = gridloom.run(finished(**SEARCH)[0], out=tmp_path / "runs")
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
    search = GridSearchCV(model, {"logisticregression__C": GRID}, cv=KFold(3))
    pairs = zip(KFold(5).split(data.X), result.nested.pairs, strict=True)
    for (train, test), (winner, tested) in pairs:
        search.fit(data.X[train], data.y[train])
        assert winner.params["C"] == search.best_params_["logisticregression__C"]
        assert winner.mean == pytest.approx(search.best_score_, abs=1e-12)
        assert tested.scores == [pytest.approx(search.score(data.X[test], data.y[test]), abs=1e-12)]
    assert result.nested.mean == pytest.approx(np.mean([tested.mean for _, tested in result.nested.pairs]))
    assert result.nested.std == pytest.approx(np.std([tested.mean for _, tested in result.nested.pairs]))
    assert result.nested.is_complete


def test_the_search_itself_is_not_changed_by_being_nested(finished, tmp_path):
    file, _ = finished(**SEARCH)
    nested = gridloom.run(file, out=tmp_path / "runs")
    settings = ["validation={method: kfold, folds: 3, shuffle: false}"]
    plain = gridloom.run(file, settings=settings, out=tmp_path / "plain", n_jobs=1)
    assert [item.scores for item in nested.trials] == [item.scores for item in plain.trials]
    assert plain.nested is None


# On the command line


def test_a_nested_run_is_journaled_gone_on_with_and_shown(gridloom, finished, tmp_path):
    file, done = finished(**SEARCH)
    assert done.stderr == ""
    assert "3 candidates x 3 splits x 1 seed(s), and that in 5 outer folds, = 59 fits" in done.stdout
    assert journaled(tmp_path / "runs" / "small") == 59
    said = done.stdout.splitlines()[-2]  # before the path of results.csv
    assert said.startswith("On rows not seen by the search, its winner scores 0.7")
    again = gridloom("run", file)
    assert "59 from the journal" in again.stdout
    assert again.stdout.splitlines()[-2] == gridloom("show", "small").stdout.splitlines()[-1] == said


def test_reports_tell_what_nested_cross_validation_says(gridloom, finished, tmp_path):
    finished(**SEARCH)
    done = gridloom("report", "small", "-r", "markdown", "-r", "html")
    assert done.returncode == 0, done.stderr
    for report in ("results.md", "report.html"):
        assert "On rows not seen by the search" in (tmp_path / "runs" / "small" / report).read_text("utf-8")


def test_other_outer_folds_are_another_experiment(gridloom, finished):
    file, _ = finished(**SEARCH)
    done = gridloom("run", file, "--set", "validation.nested.folds=4")
    assert done.returncode == 3
    assert "experiment.validation.nested.folds: was 5, is 4" in done.stderr


def test_check_counts_the_fits_of_the_outer_folds(gridloom, write):
    done = gridloom("check", write(**SEARCH))
    assert "  nested      the same in 5 outer folds, 50 more fits" in done.stdout.splitlines()


def test_the_resolved_experiment_says_the_same(registry, write, tmp_path):
    from gridloom.experiment.yaml_document import write_text

    experiment = read_experiment(write(**SEARCH), registry)
    assert experiment.resolved["validation"]["nested"] == {"folds": 5, "shuffle": False, "repeats": 1}
    kept = tmp_path / "kept.yaml"
    kept.write_text(write_text(experiment.resolved))
    assert read_experiment(kept, registry).resolved == experiment.resolved


# What is refused


@pytest.mark.parametrize(
    ("nested", "message"),
    [
        (5, "write options of the outer folds, such as {folds: 5}, not 5"),
        ({"folds": 1}, "should be greater than or equal to 2, not 1"),
        ({"fold": 5}, "unknown option 'fold'; did you mean 'folds'?"),
        ({"folds": 9999, "repeats": 9999}, "at most 100,000 fits per candidate are allowed"),
    ],
)
def test_wrong_options_of_outer_folds_are_refused(registry, write, nested, message):
    validation = {"method": "stratified_kfold", "folds": 3, "nested": nested}
    with pytest.raises(InvalidInput) as caught:
        read_experiment(write(validation=validation), registry)
    assert [problem.message for problem in caught.value.problems] == [message]


def test_a_class_that_an_outer_fold_does_not_train_on_is_told(write, tmp_path):
    file = write(validation={"method": "kfold", "folds": 2, "shuffle": True, "nested": {"folds": 3, "shuffle": False}})
    with pytest.raises(InvalidInput, match="class 'setosa' is missing from the training rows of fold 0"):
        gridloom.run(file, out=tmp_path / "runs")


def test_an_outer_fold_with_too_few_rows_of_a_class_is_told(write, tmp_path):
    rows = ["a,y", *(f"{number},{'yes' if number < 4 else 'no'}" for number in range(40))]
    (tmp_path / "few.csv").write_text("\n".join(rows))
    validation = {"method": "stratified_kfold", "folds": 4, "nested": {"folds": 2}}
    file = write(dataset={"name": "csv", "path": "few.csv", "target": "y"}, validation=validation)
    with pytest.raises(InvalidInput, match=r"inside outer fold 0: class 'yes' has 2 row\(s\), fewer than the 4 folds"):
        gridloom.run(file, out=tmp_path / "runs")


# What it comes to


def fold(C, won, tested):
    candidate = Candidate({"model": {"C": C}})
    return OuterFold(*(trial(0, candidate, np.array([[[score]]])) for score in (won, tested)))


def test_the_excess_is_what_winners_lose_on_rows_that_their_search_has_not_seen():
    nested = Nested(2, [fold(1, 0.75, 0.5), fold(2, 0.75, 0.75)])
    assert (nested.mean, nested.std, nested.excess) == (0.625, 0.125, 0.125)
    assert nested.sentence == (
        "On rows not seen by the search, its winner scores 0.625000 (0.125000), 0.125000 less than in the search: "
        "nested cross-validation in 2 outer folds, where 2 different candidates won."
    )


@pytest.mark.parametrize(
    ("others", "told"),
    [
        ([fold(1, 0.5, 0.75)], "2 outer folds, where the same candidate won each time."),
        ([OuterFold(), fold(1, 0.5, 0.75)], "2 outer folds, where the same candidate won each time; 1 more failed."),
        ([OuterFold(), fold(1, 0.5, math.nan)], "1 outer fold; 2 more failed."),
    ],
)
def test_winners_may_score_more_and_folds_may_fail(others, told):
    nested = Nested(1 + len(others), [fold(1, 0.5, 0.75), *others])
    assert nested.is_complete
    assert nested.sentence == (
        "On rows not seen by the search, its winner scores 0.750000 (0.000000), 0.250000 more than in the search: "
        f"nested cross-validation in {told}"
    )


def test_folds_that_are_missing_or_all_failed_have_no_score():
    assert Nested(2, [fold(1, 0.5, 0.5)]).sentence == (
        "Nested cross-validation is not finished: 1 of 2 outer folds are scored."
    )
    assert not Nested(1, [fold(1, 0.5, math.inf)]).is_complete
    assert Nested(1, [OuterFold()]).sentence == "Nested cross-validation has no score: every outer fold failed."
    assert math.isnan(Nested(1, [OuterFold()]).mean)
