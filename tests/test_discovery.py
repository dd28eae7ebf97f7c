"""What YAML can say, as `gridloom plugins` tells it: examples to paste."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gridloom import Family
from gridloom.authoring.yaml_examples import example
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.yaml_document import read_text, write_text
from gridloom.registry.records import ModelBuilder
from gridloom.registry.registry import load_registry

EXAMPLE = Path(__file__).parents[1] / "examples" / "gridloom-regularizers"

MINE = """
from typing import Annotated, Any, Literal

import gridloom
from annotated_types import Gt
from gridloom import Choices, Parameter, Range

class Primes:
    def values(self):
        raise ValueError("there are many")

    def at(self, share):
        return 2

def build(task, size: int, share: float, ratio: Annotated[float, Gt(3)], mode: Literal["a", "b"], steps: list[int],
          flag: bool, label: str, wait: object = print, anything=None): ...

def apply_shrink(draft, factor: float, rate: float, size: int): ...

@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("tower", "Layers on layers.", build)

@gridloom.hookimpl
def gridloom_families():
    yield gridloom.Family("dropout", "How small.", apply_shrink, (
        Parameter("factor", Range(0.1, 0.9)), Parameter("rate", Range(1.0, 8.0, scale="log")), Parameter("size", Primes())))
"""


def merged(below: Any, above: Any) -> Any:
    """Mappings with the keys of both; of other values the one above."""
    if not (isinstance(below, dict) and isinstance(above, dict)):
        return above
    return {key: merged(below.get(key), above.get(key, below.get(key))) for key in {**below, **above}}


def around(record) -> dict[str, Any]:
    """An experiment that the example of a record can be pasted into."""
    is_estimator = "estimator" in (getattr(record, "makes", ""), *getattr(record, "kinds", ()))
    model = "random_forest" if is_estimator else "mlp"
    space: dict[str, Any] = {"training": {"epochs": [1, 2]}}
    if isinstance(record, ModelBuilder):
        option = next(iter(record.options))
        space = {"model": {option.name: [option.default]}}
    elif is_estimator:
        space = {"model": {"trees": [1, 2]}}
    elif isinstance(record, Family):
        space = {}
    validation = {"method": "stratified_kfold", "folds": 3, "seeds": 20}  # a race drops candidates by their seeds
    return {"dataset": "iris", "model": model, "search": {"space": space}, "validation": validation}


@pytest.mark.parametrize("item", load_registry().provided, ids=lambda item: f"{item.record.kind} {item.record.name}")
def test_the_example_of_everything_built_in_is_accepted_where_it_is_pasted(item, registry, tmp_path):
    pasted = read_text(example(item.record, registry.shortest_name(item)), "example").plain()
    if item.record.name == "images":
        (tmp_path / "PATH").mkdir()
    else:
        (tmp_path / "PATH").write_text("a,TARGET\n1,0\n")
    (tmp_path / "x.yaml").write_text(write_text(merged(around(item.record), pasted)))
    experiment = read_experiment(tmp_path / "x.yaml", registry)
    bound = [experiment.dataset, experiment.model, *experiment.strategies, *experiment.families.values()]
    bound += [
        *experiment.training.callbacks,
        *experiment.scorers.values(),
        *(way for step in experiment.preprocess for way in step.ways.values()),
    ]
    bound += [*experiment.reporters, experiment.engine, *filter(None, [experiment.executor])]
    assert item in [part.provided for part in bound]


def test_show_ends_in_an_example_that_check_accepts(gridloom, write):
    shown = gridloom("plugins", "show", "neurons").stdout
    assert shown.endswith("In an experiment:\n\nsearch:\n  space:\n    neurons:\n      neurons: [1, 5, 10]\n")
    text = "dataset: iris\nmodel: mlp\n" + shown.partition("In an experiment:\n\n")[2]
    checked = gridloom("check", write(text))
    assert (checked.returncode, checked.stderr) == (0, "")
    assert "3 by grid: neurons (3)" in checked.stdout


def test_an_example_has_every_option_with_its_default_or_a_value_of_its_type(tmp_path):
    (tmp_path / "mine.py").write_text(MINE)
    registry = load_registry([str(tmp_path / "mine.py")])
    tower = registry.find(ModelBuilder, "tower").record
    assert read_text(example(tower, "tower"), "example").plain()["model"] == {
        "name": "tower",
        "size": 1,
        "share": 1,
        "ratio": "RATIO",
        "mode": "a",
        "steps": [],
        "flag": True,
        "label": "LABEL",
        "anything": None,
    }
    family = registry.find(Family, "mine:dropout").record
    assert read_text(example(family, "mine:dropout"), "example").plain()["search"]["space"] == {
        "mine:dropout": {
            "factor": {"low": 0.1, "high": 0.9, "count": 3},
            "rate": {"low": 1.0, "high": 8.0, "count": 3, "scale": "log"},
            "size": "default",
        }
    }


def test_an_example_names_the_plugin_where_two_provide_the_name(gridloom, tmp_path):
    (tmp_path / "mine.py").write_text(MINE)
    shown = gridloom("plugins", "show", "dropout", "-p", "mine.py").stdout
    assert '\n    "builtin-families:dropout":\n' in shown
    assert '\n    "mine:dropout":\n' in shown


def test_the_list_says_how_to_see_more(gridloom):
    last = gridloom("plugins").stdout.splitlines()[-1]
    assert (
        last
        == "'gridloom plugins show NAME' prints the options of one of them, with lines to paste into an experiment."
    )
