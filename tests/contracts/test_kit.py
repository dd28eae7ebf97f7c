"""The kit itself: its drafts are what Keras says, its fixtures are there, and its plugin costs other projects nothing."""

from __future__ import annotations

import itertools
import subprocess
import sys
import textwrap

import pytest
from command_line import pytest_here

import gridloom
import gridloom.testing
from gridloom.registry.records import Dataset, Family, Reporter
from gridloom.testing import Recorder, draft_of, make_registry, make_result, run_tiny, write_tiny
from gridloom.testing.networks import NETWORKS, TASKS
from gridloom.testing.parts import build_network, load
from gridloom.training.lease import end_kept
from gridloom_plugins.families import dropout
from gridloom_plugins.networks.reading import read_draft
from gridloom_plugins.networks.training import NetworkTraining

pytest_plugins = ["pytester"]


def same(ours, theirs):
    """Whether Keras's settings are ours and more, up to the rounding of a float32."""
    return {key: pytest.approx(value) if isinstance(value, float) else value for key, value in ours.items()} == {
        key: theirs[key] for key in ours
    }


@pytest.mark.slow
@pytest.mark.parametrize(("network", "task"), list(itertools.product(NETWORKS, TASKS)))
def test_a_draft_of_the_kit_says_what_the_framework_reads_from_the_keras_model(network, task):
    ours = draft_of(network, task)
    theirs = read_draft(build_network(load(task).task, network), load(task).task, NetworkTraining())
    assert [layer.path for layer in ours.layers] == [layer.path for layer in theirs.layers]
    for one, other in zip(
        [*ours.layers, ours.optimizer, ours.loss], [*theirs.layers, theirs.optimizer, theirs.loss], strict=True
    ):
        assert one.class_name == other.class_name
        assert same(one, other)
    assert [layer.is_output for layer in ours.layers] == [layer.is_output for layer in theirs.layers]
    assert dict(ours.training) == dict(theirs.training)


def test_a_registry_of_objects_modules_and_files(tmp_path):
    (tmp_path / "mine.py").write_text(
        "import gridloom\n\n@gridloom.hookimpl\ndef gridloom_reporters():\n"
        "    yield gridloom.Reporter('mine', 'Mine.', lambda result: None)\n"
    )
    registry = make_registry(Recorder(), "gridloom.testing.parts", str(tmp_path / "mine.py"), installed=False)
    assert [item.record.name for item in registry.of_kind(Reporter)] == ["mine", "recorder"]
    assert [item.record.name for item in registry.of_kind(Dataset)] == ["tiny", "tiny-table"]
    assert registry.of_kind(Family) == []
    assert make_registry(Recorder()).find(Family, "dropout").record is dropout.FAMILY


def test_a_module_that_is_installed_already_counts_once():
    import gridloom_plugins.families

    for plugin in (gridloom_plugins.families, "gridloom_plugins.families"):
        registry = make_registry(plugin)
        assert registry.find(Family, "dropout").plugin.name == "builtin-families"
        assert registry.broken == []


def test_a_tiny_experiment_runs_in_real_workers_and_tells_a_recorder(tmp_path):
    recorder = Recorder()
    result = run_tiny(tmp_path, recorder=recorder, seed=3, search={"space": {"model": {"C": [0.5, 2.0]}}})
    assert recorder.results == [result]
    assert [plan.fits for plan in recorder.plans] == [4]
    assert recorder.progress[-1].done == 4
    assert result.is_complete
    assert result.folder == tmp_path / "runs" / "tiny"


def test_a_tiny_experiment_is_yaml_that_can_be_changed(tmp_path):
    file = write_tiny(tmp_path, name="other", description="No: surprises")
    assert file == tmp_path / "other.yaml"
    assert 'description: "No: surprises"' in file.read_text()


def test_a_made_result_is_one_of_the_frameworks(tmp_path):
    result = make_result(tmp_path, [({"x": 1}, [gridloom.FitResult({"accuracy": 0.5}), None])], scoring="r2")
    assert (result.scoring, result.is_complete, result.folder) == ("r2", False, tmp_path)


def test_what_no_worker_could_load_is_refused(tmp_path):
    with pytest.raises(TypeError, match=r"a worker process cannot load .*pass a module, its name, or a file"):
        run_tiny(tmp_path, Recorder())


def test_everything_public_is_there():
    assert sorted(gridloom.testing.__all__) == gridloom.testing.__all__
    assert all(hasattr(gridloom.testing, name) for name in gridloom.testing.__all__)


def test_an_author_inherits_contracts_and_has_the_fixtures(tmp_path):
    (tmp_path / "test_author.py").write_text(
        textwrap.dedent(
            """
            import sys

            import gridloom
            from gridloom.testing import StrategyContract


            def first(space):
                \"\"\"The first candidate.\"\"\"
                yield [gridloom.Proposal(next(iter(space.enumerate())))]


            @gridloom.hookimpl
            def gridloom_strategies():
                yield gridloom.Strategy("first", "The first candidate.", first)


            class TestFirst(StrategyContract):
                name = "first"
                plugin = sys.modules[__name__]


            def test_the_fixtures(gridloom_run, gridloom_experiment, gridloom_recorder):
                assert gridloom_experiment(seed=4).read_text().splitlines()
                result = gridloom_run(__name__, recorder=gridloom_recorder, search={
                    "strategy": "first", "space": {"model": {"C": [1.0, 2.0]}},
                })
                assert gridloom_recorder.results == [result]
                assert len(result.trials) == 1
            """
        )
    )
    end_kept()  # workers find modules where this process does as they start
    done = pytest_here(tmp_path, "-q")
    assert "\n27 passed" in done.stdout, done.stdout


def test_a_plugin_file_is_found_beside_the_file_of_the_test(tmp_path):
    folder = tmp_path / "inner"
    folder.mkdir()
    (folder / "mine.py").write_text(
        "import gridloom\n\ndef report(result):\n    'Nothing.'\n\n@gridloom.hookimpl\n"
        "def gridloom_reporters():\n    yield gridloom.Reporter('mine', 'Mine.', report)\n"
    )
    (folder / "test_mine.py").write_text(
        "from gridloom.testing import ReporterContract\n\n"
        "class TestMine(ReporterContract):\n    name = 'mine'\n    plugin = 'mine.py'\n"
    )
    done = pytest_here(tmp_path, "-q", "-k", "documented or any_result")
    assert done.returncode == 0, done.stdout


def test_a_failing_check_shows_the_values_since_its_asserts_are_rewritten(tmp_path):
    (tmp_path / "test_rows.py").write_text(
        "from gridloom.testing import DatasetContract\n\nclass TestIris(DatasetContract):\n"
        "    name = 'iris'\n    rows = 151\n"
    )
    told = pytest_here(tmp_path, "-q", "-k", "valid").stdout
    assert "AssertionError: there are 150 rows, not 151\n" in told
    assert "assert 151 in (None, 150)" in told


def test_the_pytest_plugin_imports_nothing_of_gridloom_until_it_is_used(pytester):
    pytester.makepyfile("import sys\n\ndef test_it():\n    assert 'gridloom' not in sys.modules\n")
    pytester.runpytest_subprocess("-q").assert_outcomes(passed=1)


def test_without_pytest_it_says_what_to_install():
    code = "import sys; sys.modules['pytest'] = None; import gridloom.testing"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.stderr.endswith("gridloom.testing needs pytest: pip install 'gridloom[testing]'\n")
