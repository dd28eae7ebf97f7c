"""The JSON Schema accepts all that the binder accepts, and says what is wrong with the rest.

The tests of binding, and those of bad YAML, compare it with the binder on every text of theirs: see `agreement.py`.
"""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from docs.snippets import blocks
from jsonschema import Draft202012Validator

from gridloom import Data
from gridloom.authoring.schema import FILE, HEADER, experiment_schema, write
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.yaml_document import read_file, read_text
from gridloom.registry.registry import load_registry
from gridloom.runs.directory import open_run
from schema.agreement import complaint

ROOT = Path(__file__).parents[2]
EXPERIMENTS = sorted((ROOT / "experiments").rglob("*.yaml"))
BLOCKS = [block for block in blocks((ROOT / "README.md").read_text("utf-8")) if block.language == "yaml"]
SNIPPETS = [block.text for block in BLOCKS if "keys of" not in block.remarks]


def at(schema, *path):
    """What is at a place in the schema, through references."""
    found = schema
    for key in path:
        found = found[key]
        while isinstance(found, dict) and "$ref" in found:
            found = schema["$defs"][found["$ref"].rpartition("/")[2]]
    return found


def plain(**changes):
    """A valid experiment with these keys over it."""
    small = {"dataset": "iris", "model": "mlp", "search": {"space": {"neurons": "default"}}}
    return {key: value for key, value in (small | changes).items() if value is not ...}


@pytest.mark.parametrize("file", EXPERIMENTS, ids=lambda file: f"{file.parent.name}/{file.stem}")
def test_it_accepts_every_experiment_of_the_project(file):
    assert complaint(read_file(file).plain()) is None


def test_it_accepts_the_experiments_of_the_readme():
    assert SNIPPETS
    assert [complaint(read_text(text, "README.md").plain()) for text in SNIPPETS] == [None] * len(SNIPPETS)


def test_it_accepts_the_experiment_that_a_run_keeps(registry, tmp_path):
    (tmp_path / "x.yaml").write_text(SNIPPETS[0])
    experiment = read_experiment(tmp_path / "x.yaml", registry)
    data = Data(np.arange(20.0).reshape(10, 2), np.arange(10) % 2, ("a", "b"), "y", ("no", "yes"))
    with open_run(experiment, data, tmp_path / "run", fresh=False):
        pass
    assert complaint(read_file(tmp_path / "run" / "experiment.yaml").plain()) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"dataset": ...}, "$: 'dataset' is a required property"),
        ({"sead": 3}, "$: Additional properties are not allowed ('sead' was unexpected)"),
        ({"seed": "3"}, "$.seed: '3' is not of type 'integer'"),
        ({"engine": "sklearn"}, "$.engine: 'sklearn' does not match '^(auto|fused|scikeras|"),
        ({"training": {"epoch": 3}}, "$.training: Additional properties are not allowed ('epoch' was unexpected)"),
        ({"training": {"epochs": 0}}, "$.training.epochs: 0 is less than the minimum of 1"),
        ({"search": {"space": {}}}, "$.search.space: {} "),
        ({"search": {"space": {"neuron": "default"}}}, "$.search.space: 'neuron' does not match any of"),
        ({"search": {"space": {"model": {"hiden": [[1]]}}}}, "$.search.space.model: Additional properties are not allowed"),
        ({"search": {"space": {"training": {"epochs": "3"}}}}, "$.search.space.training.epochs: '3' is not valid under"),
        ({"model": "random_forest"}, "$.search.space: 'neurons' is not one of ['model', 'training', 'callbacks', 'preprocess']"),
        ({"scoring": "acuracy"}, "$.scoring: 'acuracy' "),
    ],
)  # fmt: skip
def test_it_says_what_is_wrong(changes, said):
    assert complaint(plain()) is None
    assert complaint(plain(**changes)).startswith(said)


@pytest.mark.parametrize("model", ["random_forest", {"name": "random_forest"}, "builtin-models:random_forest"])
def test_what_may_be_searched_depends_on_the_model_that_is_named(model):
    space = {"space": {"model": {"trees": [5, 10], "max_depth": {"low": 1, "high": 4}}}}
    assert complaint(plain(model=model, search=space)) is None
    assert complaint(plain(search=space)) is not None


def test_an_estimator_is_neither_edited_by_families_nor_trained_by_settings():
    search = {"space": {"model": {"trees": [5]}}}
    assert complaint(plain(model="random_forest", search=search)) is None
    assert complaint(plain(model="random_forest", search=search, training={})) is None
    assert complaint(plain(model="random_forest", search=search, refit="simplest")) is None
    for wrong in ({"training": {"epochs": 3}}, {"refit": "smallest"}, {"engine": "fused"}):
        assert complaint(plain(model="random_forest", search=search, **wrong)) is not None


# What plugins say


OTHER = """
from collections.abc import Callable
from dataclasses import dataclass
from typing import Annotated, Any, Literal

import gridloom
from annotated_types import Ge
from gridloom import Choices, Parameter, Range

@dataclass
class Layer:
    size: Annotated[int, Ge(1)]
    inner: "list[Layer]" = ()

def build(task, layers: list[Layer], loss: Callable = print, rest: Any = None, share: Annotated[int | float, Ge(0)] = 1):
    '''A tower.

    `layers` are from below to above.
    '''

def apply_shrink(draft, factor: Annotated[float, Ge(0)], mode: Literal["a", "b"] = "a"):
    '''Make layers smaller. `factor` is what remains; it is a number.'''

def settings(patience: int): ...

def train(work): ...

@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("tower", "Layers on layers.", build, makes="tower")

@gridloom.hookimpl
def gridloom_families():
    yield gridloom.Family("neurons", "How small.", apply_shrink, (
        Parameter("factor", Range(0.1, 0.9)), Parameter("mode", Choices("a", "b"))))

@gridloom.hookimpl
def gridloom_engines():
    yield gridloom.Engine("crane", "Builds towers.", train, trains="tower", training=settings)
"""


@pytest.fixture
def other(tmp_path):
    """The schema with a plugin that has a family of the name of a built-in one, and what it says of an experiment."""
    file = tmp_path / "other.py"
    file.write_text(OTHER)
    schema = experiment_schema(load_registry([str(file)]))
    Draft202012Validator.check_schema(schema)
    return schema


def is_valid(schema, content):
    return Draft202012Validator(schema).is_valid(content)


def test_it_holds_the_names_options_types_defaults_and_documentation_of_plugins(other):
    (tower,) = [way for way in at(other, "properties", "model", "anyOf") if way.get("title") == "model builder tower"]
    assert tower["description"] == "Layers on layers.\n\nA tower.\n\n`layers` are from below to above."
    assert tower["required"] == ["name", "layers"]
    layers, share = tower["properties"]["layers"], tower["properties"]["share"]
    assert layers["description"].startswith("`layers` are from below to above.\n\nlist of ")
    assert (share["minimum"], share["default"]) == (0, 1)
    assert share["description"] == "whole number or number >= 0; default 1"


def test_an_option_of_any_type_takes_what_its_annotation_takes(other):
    def takes(**options):
        settings = {"name": "tower", "layers": [{"size": 3}], **options}
        search = {"space": {"model": {"rest": [1, "x", None]}}}
        return is_valid(other, plain(model=settings, search=search, training={"patience": 3}))

    assert takes()
    assert takes(layers=[{"size": 3, "inner": [{"size": 2}]}], rest={"x": [1]}, share=0.5)
    assert not takes(layers=[{"size": 3, "inner": [{"size": 0}]}])
    assert not takes(share=-1)
    assert not is_valid(other, plain(model="tower"))


def test_settings_that_an_engine_requires_are_required_with_auto_as_well(other):
    tower = plain(model={"name": "tower", "layers": []}, search={"space": {"model": {"share": [1, 2]}}})
    for engine in ({}, {"engine": "auto"}, {"engine": "crane"}, {"engine": {"name": "other:crane"}}):
        assert not is_valid(other, tower | engine)
        assert is_valid(other, tower | engine | {"training": {"patience": 3}})


def test_a_name_that_two_plugins_provide_is_offered_with_its_plugin_only(other):
    families = at(other, "properties", "search", "properties", "space", "anyOf", 0, "properties")
    assert {"builtin-families:neurons", "other:neurons", "dropout"} <= families.keys()
    assert "neurons" not in families
    for space in (
        {"neurons": "default"},
        {"builtin-families:neurons": {"mode": ["a"]}},
        {"other:neurons": {"mode": ["a"]}},
    ):
        assert not is_valid(other, plain(search={"space": space}))
    for space in (
        {"builtin-families:neurons": {"neurons": [1]}},
        {"other:neurons": {"factor": [1, 0.5], "mode": ["a"]}},
    ):
        assert is_valid(other, plain(search={"space": space}))


def test_options_of_callbacks_are_searched_where_the_callbacks_stand(other):
    space = {"space": {"callbacks": {"early_stopping": {"patience": [1, 2]}}}}
    stopping = {"validation": 0.2, "callbacks": [{"name": "builtin-callbacks:early_stopping"}]}
    for schema in (experiment_schema(load_registry()), other):
        assert is_valid(schema, plain(training=stopping, search=space))
        assert not is_valid(
            schema, plain(training={"validation": 0.2, "callbacks": ["terminate_on_nan"]}, search=space)
        )
        assert not is_valid(schema, plain(search=space))


def test_only_numbers_have_ranges(other):
    for name, is_right in (("factor", True), ("mode", False)):
        parameters = {"factor": [0.5]} | {name: {"low": 0, "high": 1}}
        assert is_valid(other, plain(search={"space": {"other:neurons": parameters}})) is is_right


def test_without_plugins_it_is_a_schema_all_the_same():
    registry = load_registry()
    nothing = load_registry(without=[plugin.name for plugin in registry.plugins])
    schema = experiment_schema(nothing)
    Draft202012Validator.check_schema(schema)
    assert not is_valid(schema, plain())
    assert not is_valid(schema, plain(reporters=["console"]))
    no_strategy = experiment_schema(load_registry(without=["builtin-strategies"]))
    assert "strategy" in at(no_strategy, "properties", "search", "required")
    no_engine = experiment_schema(load_registry(without=["builtin-engines"]))
    assert not is_valid(no_engine, plain())


def test_an_executor_is_named_with_its_options_or_left_open(registry):
    for executor in (None, "loky", {"name": "loky"}, "builtin-executors:loky"):
        assert complaint(plain(executor=executor)) is None
    for executor in ("lokky", {"name": "loky", "workers": 3}, ["loky"]):
        assert complaint(plain(executor=executor)).startswith("$.executor: ")
    assert complaint(plain(executor="cluster")).startswith("$.executor: 'cluster' ")
    schema = experiment_schema(registry, {"cluster": "loky"})
    assert is_valid(schema, plain(executor="cluster"))
    assert is_valid(schema, plain(executor={"name": "cluster"}))


# The command line, and `gridloom new experiment`


def test_the_command_prints_the_schema_of_all_plugins(gridloom, tmp_path, registry):
    (tmp_path / "other.py").write_text(OTHER)
    done = gridloom("schema", "-p", "other.py", "--no-plugin", "builtin-reporters")
    assert (done.returncode, done.stderr) == (0, "")
    schema = json.loads(done.stdout)
    assert "model builder tower" in done.stdout
    assert "reporter csv" not in done.stdout
    assert schema == experiment_schema(load_registry([str(tmp_path / "other.py")], ["builtin-reporters"]))


def test_it_is_written_beside_experiments_that_name_it_in_their_first_line(tmp_path, registry):
    write(registry, tmp_path / FILE)
    assert json.loads((tmp_path / FILE).read_text(encoding="utf-8")) == experiment_schema(registry)
    assert HEADER == "# yaml-language-server: $schema=gridloom.schema.json"
    (tmp_path / "x.yaml").write_text(f"{HEADER}\n{SNIPPETS[0]}")
    assert read_experiment(tmp_path / "x.yaml", registry).dataset.name == "pima"
