"""The directory of a run: when it is resumed, what it keeps, and when it is refused."""

from __future__ import annotations

import pytest
import yaml

from gridloom import FitResult
from gridloom.errors import RunRefused, StorageError
from gridloom.experiment.bind import read_experiment
from gridloom.runs.directory import EXPERIMENT, JOURNAL, make_manifest, open_run, shown
from gridloom.training.time_limit import failed_by_limit
from journal.journals import fits, kept, opened


@pytest.fixture
def run(write, registry, tmp_path):
    """Open the run of SMALL with these changes, record so many fits, and tell how many are kept."""

    def run(number, *, fresh=False, **changes):
        experiment = read_experiment(write(**changes), registry)
        with open_run(experiment, experiment.load_data(), tmp_path / "runs" / "small", fresh=fresh) as journal:
            journal.record(fits(number))
            return len(journal.results())

    return run


def test_a_run_is_resumed(run):
    assert run(2) == 2
    assert run(0) == 2


def test_a_run_keeps_its_experiment_with_every_default_and_its_manifest(run, write, registry, tmp_path):
    run(0)
    experiment = read_experiment(write(), registry)
    folder = tmp_path / "runs" / "small"
    assert yaml.safe_load((folder / EXPERIMENT).read_text("utf-8")) == experiment.resolved
    with opened(folder / JOURNAL, read_only=True) as journal:
        assert journal.manifest == make_manifest(experiment, experiment.load_data())


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"seed": 8}, "  experiment.seed: was 7, is 8\n"),
        ({"scoring": "f1_macro"}, '  scoring: was ["accuracy"], is ["f1_macro"]\n'),
        ({"validation": {"method": "stratified_kfold", "folds": 4}}, "  experiment.validation.folds: was 3, is 4\n"),
        ({"dataset": "wine"}, "  data.rows: was 150, is 178\n"),
    ],
)
def test_a_run_is_not_resumed_when_what_scores_depend_on_has_changed(run, changes, told):
    run(2)
    with pytest.raises(RunRefused) as caught:
        run(0, **changes)
    assert told in str(caught.value)
    assert "--fresh" in str(caught.value)
    assert "search: warm_start:" not in str(caught.value)
    assert run(0) == 2


def test_where_the_search_alone_has_changed_a_warm_start_is_offered(run):
    space = {"model": {"C": {"low": 0.1, "high": 1.0}}}
    run(2, search={"strategy": {"name": "random", "candidates": 3}, "space": space})
    with pytest.raises(RunRefused, match=r"candidates: was 3, is 4\n.*name this folder under 'search: warm_start:'\.$"):
        run(0, search={"strategy": {"name": "random", "candidates": 4}, "space": space})


@pytest.mark.parametrize(
    "changes", [{"description": "another"}, {"reporters": ["json"]}, {"engine": "sklearn"}, {"time_limit": "1 h"}]
)
def test_a_run_is_resumed_when_no_score_depends_on_what_has_changed(run, changes):
    run(2)
    assert run(0, **changes) == 2


def test_a_run_is_resumed_when_the_same_rows_come_from_another_file(run, tmp_path):
    for name in ("one.csv", "two.csv"):
        (tmp_path / name).write_text("a,y\n" + "1,0\n2,1\n" * 6)
    run(2, dataset={"name": "csv", "path": "one.csv", "target": "y"})
    assert run(0, dataset={"name": "csv", "path": "two.csv", "target": "y"}) == 2
    (tmp_path / "two.csv").write_text("a,y\n" + "1,0\n3,1\n" * 6)
    with pytest.raises(RunRefused, match=r"data\.sha256: was"):
        run(0, dataset={"name": "csv", "path": "two.csv", "target": "y"})


def test_a_fresh_run_keeps_the_earlier_ones_beside_it(run, tmp_path):
    run(1)
    assert run(2, fresh=True, seed=8) == 2
    assert run(0, fresh=True) == 0
    assert [len(kept(tmp_path / "runs" / name / JOURNAL)) for name in ("small.1", "small.2", "small")] == [1, 2, 0]


def test_a_run_that_is_running_is_refused_even_when_it_is_to_be_fresh(run, write, registry, tmp_path):
    experiment = read_experiment(write(), registry)
    with open_run(experiment, experiment.load_data(), tmp_path / "runs" / "small", fresh=False) as journal:
        journal.record(fits(3))
        for fresh in (False, True):
            with pytest.raises(RunRefused, match="another process is running"):
                run(0, fresh=fresh)
        assert len(journal.results()) == 3
    assert run(0) == 3


def test_a_run_whose_experiment_cannot_be_written_is_refused_and_unlocked(run, tmp_path):
    folder = tmp_path / "runs" / "small"
    folder.mkdir(parents=True)
    (folder / EXPERIMENT).mkdir()
    with pytest.raises(StorageError, match=r"experiment\.yaml cannot be written: is a folder"):
        run(1)
    (folder / EXPERIMENT).rmdir()
    assert run(1) == 1


def test_a_run_cannot_live_where_a_file_is(run, tmp_path):
    (tmp_path / "runs").write_text("a file")
    with pytest.raises(StorageError, match=r"runs.* cannot be written: Not a directory"):
        run(1)


@pytest.mark.parametrize(
    ("value", "text"),
    [(None, "null"), (True, "true"), (["a", None], '["a", null]'), ("balanced", "balanced"), (1.5, "1.5")],
)
def test_values_of_a_manifest_are_shown_as_yaml_has_them(value, text):
    assert shown(value) == text


def test_a_fit_that_a_smaller_limit_of_time_has_ended_is_trained_again_and_no_other(gridloom, finished, tmp_path):
    file, _ = finished()
    folder = tmp_path / "runs/small"
    with opened(folder / JOURNAL) as journal:
        late, broken, *_ = journal.fits().values()
        journal.record([(late, failed_by_limit(2.0)), (broken, FitResult.failed(ValueError("no")))])
    same = gridloom("run", file, "--set", "time_limit=2 s")
    assert "9 from the journal, 2 failed" in same.stdout
    larger = gridloom("run", file, "--set", "time_limit=1 min")
    assert "8 from the journal, 1 failed" in larger.stdout
    with opened(folder / JOURNAL) as journal:
        known = {key: result.error for key, result in journal.results().items()}
    assert [key for key, error in known.items() if error] == [broken.key]
