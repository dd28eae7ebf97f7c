"""Where fits are trained: the command line, the experiment, and the files `gridloom.toml` of a project and a user."""

from __future__ import annotations

import os
from pathlib import Path
from types import SimpleNamespace

import pytest
from executors import far_workers

from gridloom.cli import completion
from gridloom.errors import InvalidInput
from gridloom.experiment import settings_files
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.overrides import named_by_call, named_on_command_line
from gridloom.registry.registry import load_registry

FILED = """
import gridloom

def open_filed(count, environment, key: gridloom.InputFile, other: gridloom.InputFile = None): ...

@gridloom.hookimpl
def gridloom_executors():
    yield gridloom.Executor("filed", "Reads a file.", open_filed)
"""


@pytest.fixture
def project(tmp_path, monkeypatch):
    """Write `gridloom.toml` beside the experiments; they are in the working folder."""
    monkeypatch.chdir(tmp_path)
    return (tmp_path / "gridloom.toml").write_text


@pytest.fixture
def user(tmp_path_factory, monkeypatch):
    """Write the `gridloom.toml` of the user."""
    folder = tmp_path_factory.mktemp("config")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(folder))
    (folder / "gridloom").mkdir()
    return (folder / "gridloom" / "gridloom.toml").write_text


@pytest.fixture
def bound(write):
    """Bind an experiment with this key `executor`; the executor `far` is loaded."""
    registry = load_registry([far_workers])

    def bound(executor=None, option=None):
        chosen = None if option is None else named_on_command_line(option)
        return read_experiment(write(executor=executor), registry, executor=chosen)

    return bound


def test_the_command_line_comes_first_then_the_experiment_the_project_and_the_user(bound, project, user):
    chosen = [bound()]
    user("executor = {name = 'far', workers = 1}")
    chosen.append(bound())
    project("executor = {name = 'far', workers = 2}")
    chosen.append(bound())
    chosen.append(bound({"name": "far", "workers": 3}))
    chosen.append(bound({"name": "far", "workers": 3}, "{name: far, workers: 4}"))
    assert [item.executor and item.executor.options for item in chosen] == [
        None,
        {"workers": 1},
        {"workers": 2},
        {"workers": 3},
        {"workers": 4},
    ]
    reasons = [item.executor_reason.replace(os.environ["XDG_CONFIG_HOME"], "CONFIG") for item in chosen]
    assert reasons == [
        "",
        "named by CONFIG/gridloom/gridloom.toml",
        "named by gridloom.toml",
        "named by the experiment",
        "named by --executor {name: far, workers: 4}",
    ]
    assert len({item.key for item in chosen}) == 1, "the executor is no part of what an experiment is"


def test_an_executor_with_options_may_have_a_name_of_its_own(bound, project, user):
    user("n_jobs = 5\n[executors.cluster]\nname = 'loky'\n[executors.mine]\nname = 'loky'")
    project("executor = 'cluster'\n[executors.cluster]\nname = 'far'\nworkers = 4")
    by_file, by_option = bound(), bound("mine", "{name: cluster, workers: 7}")
    assert (by_file.executor.name, by_file.executor.options) == ("far", {"workers": 4})
    assert (by_option.executor.name, by_option.executor.options) == ("far", {"workers": 7})
    assert bound("mine").executor.name == "loky"
    assert by_file.executor_reason == "named by gridloom.toml as cluster"
    said = "named by --executor {name: cluster, workers: 7} as cluster, which gridloom.toml defines"
    assert by_option.executor_reason == said
    assert by_file.source.settings.n_jobs == 5


CLUSTER = "[executors.cluster]\nname = 'far'\nworkers = 4\n"


@pytest.mark.parametrize(
    ("text", "executor", "message"),
    [
        ("executer = 'far'", None, "gridloom.toml: unknown option 'executer'; did you mean 'executor' or 'executors'?"),
        ("executor = 3", None, "gridloom.toml: executor: should be a mapping or text, not 3"),
        ("n_jobs = 0", None, "gridloom.toml: n_jobs: should be a number of workers, or -1 for one per core; 0 is not allowed"),
        ("n_jobs = ", None, "gridloom.toml:1:10: this is not TOML: this is not a value; text needs quotes"),
        ("\nn_jobs: 2\n", None, "gridloom.toml:2:7: this is not TOML: a key needs '=' and a value, as in n_jobs = 2"),
        ("executor = loky", None, "gridloom.toml:1:12: this is not TOML: this is not a value; text needs quotes"),
        ("executor = 'loky", None, "gridloom.toml:1:17: this is not TOML: a quote is not closed"),
        ("n_jobs = 1\nn_jobs = 2\n", None, "gridloom.toml:2:11: this is not TOML: the key of this value is repeated"),
        ("[executors.a]\n[executors.a]\n", None, "gridloom.toml:2:13: this is not TOML: this table is repeated"),
        ("executor = {name = 'far'\n", None, "gridloom.toml:1:25: this is not TOML: a '{' is not closed, or a comma is missing"),
        ("n_jobs = 2026-01-01", None, "gridloom.toml (n_jobs): the date or time 2026-01-01 needs quotes here"),
        ("[executors.cluster]\nworkers = 3", None, "gridloom.toml (executors.cluster): say with 'name' which executor 'cluster' is"),
        ("[executors.loky]\nname = 'far'", None, "gridloom.toml (executors.loky): the plugin 'builtin-executors' "),
        ("[executors.'my own']\nname = 'far'", None, "gridloom.toml (executors.my own): 'my own' cannot name an executor: use"),
        ("executor = 'farr'", None, "gridloom.toml (executor): unknown executor 'farr'; did you mean 'far'?"),
        ("executor = {name = 'far', workers = 0}", None, "gridloom.toml (executor.workers): should be greater than or equal to 1, not 0"),
        (CLUSTER.replace("workers", "wrokers"), "cluster", "gridloom.toml (executors.cluster.wrokers): unknown option 'wrokers'; did"),
        (CLUSTER.replace("'far'", "'farr'"), "cluster", "gridloom.toml (executors.cluster.name): unknown executor 'farr'; did you mean 'far'?"),
        (CLUSTER, "clutser", "small.yaml:19:11: unknown executor 'clutser'; did you mean 'cluster'?"),
        (CLUSTER, {"name": "cluster", "workers": 0}, "small.yaml:21:12: should be greater than or equal to 1, not 0"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_said_with_the_file_that_says_it(text, executor, message, bound, project, tmp_path):
    project(text)
    with pytest.raises(InvalidInput) as caught:
        bound(executor)
    assert str(caught.value).replace(f"{tmp_path}/", "").startswith(message)


@pytest.mark.parametrize(
    ("option", "message"),
    [
        ("", "--executor: write a name, or a mapping such as"),
        ("farr", "--executor farr: unknown executor 'farr'; did you mean 'far'?"),
        ("{name: far, workers: x}", "--executor {name: far, workers: x}:1:22: should be a whole number"),
        ("{name: far", "--executor {name: far: this is not a mapping in YAML; put it in quotes"),
        ("[far]", '--executor [far]: should be a mapping or text, not ["far"]'),
    ],
)
def test_what_is_wrong_with_the_option_is_said_with_the_option(option, message, bound):
    with pytest.raises(InvalidInput) as caught:
        bound(option=option)
    assert str(caught.value).startswith(message)


def test_the_file_of_the_project_is_the_nearest_one_upward_and_none_beyond_its_root(bound, project, tmp_path):
    project("executor = 'far'")
    for place, stop, nearest in ((".", "", True), ("a", "", True), ("a/b", "a/.git", False)):
        (tmp_path / place).mkdir(exist_ok=True)
        if stop:
            (tmp_path / stop).touch()
        found = settings_files.project_file(tmp_path / place)
        assert found == (tmp_path / "gridloom.toml" if nearest else None)
    (tmp_path / "a" / "gridloom.toml").touch()
    assert settings_files.read_settings(tmp_path / "a" / "b").executor is None


def test_files_among_options_are_beside_the_file_that_names_them(write, tmp_path):
    (tmp_path / "filed.py").write_text(FILED)
    (tmp_path / "inner").mkdir()
    (tmp_path / "inner" / "of_experiment").touch()
    (tmp_path / "of_project").touch()
    (tmp_path / "gridloom.toml").write_text("[executors.cluster]\nname = 'filed'\nkey = 'of_project'")
    file = write(file="inner/x.yaml", executor={"name": "cluster", "other": "of_experiment"})
    experiment = read_experiment(file, load_registry([str(tmp_path / "filed.py")]))
    options = {name: Path(value) for name, value in experiment.executor.options.items()}
    assert options == {"key": tmp_path / "of_project", "other": tmp_path / "inner" / "of_experiment"}


def test_a_file_that_somebody_else_left_where_everybody_may_is_refused(bound, project, tmp_path, monkeypatch):
    project("executor = 'far'")
    monkeypatch.setattr(os, "getuid", lambda: (tmp_path / "gridloom.toml").stat().st_uid + 1)
    assert bound().executor.name == "far"
    tmp_path.chmod(0o777)
    with pytest.raises(InvalidInput, match=r"gridloom\.toml: belongs to another user, in a folder that everybody can"):
        bound()


def test_from_python_it_is_a_name_or_a_mapping():
    assert named_by_call("far").plain() == "far"
    assert named_by_call({"name": "far", "workers": 3}).plain() == {"name": "far", "workers": 3}
    with pytest.raises(TypeError, match="a name, or a mapping with a name and plain options, not"):
        named_by_call({"name": object()})


def test_executors_of_plugins_and_of_the_file_are_completed(project):
    project(CLUSTER)
    offers = dict(completion.executors(SimpleNamespace(params={}, parent=None)))
    assert offers["cluster"] == "far, as gridloom.toml says"
    assert "loky" in offers
