"""Options whose values are no plain data: a run writes them down, reads them again, and says which cannot travel."""

from __future__ import annotations

import pytest

from gridloom.registry.options import Options

PLUGIN = """
from dataclasses import dataclass
from enum import Enum
from typing import Annotated

import gridloom
from gridloom import InputFile
from pydantic import AfterValidator, PlainSerializer


class Speed(Enum):
    FAST = 3
    SLOW = 1


@dataclass
class Size:
    depth: int
    leaves: int = 1


def build(task, numbers: InputFile, speed: Speed = Speed.FAST, size: Size | None = Size(2)):
    from sklearn.tree import DecisionTreeClassifier

    depth = int(numbers.read_text()) + speed.value
    return DecisionTreeClassifier(max_depth=depth, min_samples_leaf=size.leaves)


def function(name: str):
    return lambda: name


Function = Annotated[str, AfterValidator(function), PlainSerializer(lambda function: function())]


def opaque(task, label: Function = "a", depth: int = 1):
    from sklearn.tree import DecisionTreeClassifier

    return DecisionTreeClassifier(max_depth=depth)


@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("tree", "A tree of odd options.", build, makes="estimator")
    yield gridloom.ModelBuilder("opaque", "A tree with a function.", opaque, makes="estimator")
"""


@pytest.fixture
def odd(write, tmp_path):
    """An experiment that searches files and members of an Enum, with the data and published scores in files."""
    (tmp_path / "odd.py").write_text(PLUGIN)
    (tmp_path / "one.txt").write_text("1")
    (tmp_path / "two.txt").write_text("2")
    rows = "\n".join(f"{number % 7},{number % 3},{'ab'[number % 2]}" for number in range(30))
    (tmp_path / "data.csv").write_text(f"a,b,target\n{rows}\n")
    (tmp_path / "published.csv").write_text('parameters,score\n"{""speed"": 3}",0.5\n')
    write(
        dataset={"name": "csv", "path": "data.csv", "target": "target"},
        model={"name": "tree", "numbers": "one.txt", "size": {"depth": 2, "leaves": 3}},
        search={"space": {"model": {"numbers": ["one.txt", "two.txt"], "speed": [1, 3]}}},
        published="published.csv",
        reporters=["console", "csv"],
    )
    return tmp_path


def test_a_run_is_resumed_from_its_own_experiment_file_and_shown_when_the_files_that_it_named_are_gone(gridloom, odd):
    assert gridloom("run", "small.yaml", "-p", "odd.py").returncode == 0
    table = (odd / "runs/small/results.csv").read_bytes()
    resumed = gridloom("run", "runs/small/experiment.yaml", "-p", "odd.py")
    assert resumed.returncode == 0, resumed.stderr
    assert (odd / "runs/small/results.csv").read_bytes() == table
    for name in ("data.csv", "one.txt", "two.txt", "published.csv", "runs/small/results.csv"):
        (odd / name).unlink()
    shown = gridloom("show", "small", "-p", "odd.py")
    assert shown.returncode == 0, shown.stderr
    assert "published.csv is gone, so published scores are omitted" in shown.stderr
    assert gridloom("report", "small", "-r", "csv", "-p", "odd.py").returncode == 0
    assert len((odd / "runs/small/results.csv").read_text().splitlines()) == len(table.splitlines()) == 5


def test_an_option_that_cannot_be_sent_to_workers_is_named_with_its_place(gridloom, odd, write):
    write(model={"name": "opaque", "label": "x"}, search={"space": {"model": {"depth": [1, 2]}}})
    done = gridloom("run", "small.yaml", "-p", "odd.py")
    assert done.returncode == 2
    assert "small.yaml:4:3: the option 'label' of 'opaque' has a value that cannot be sent to workers" in done.stderr


class Base:
    """Has an option."""

    def __init__(self, size: int = 3):
        self.size = size


class Inherits(Base):
    """Takes the options of the class that it inherits from."""


class TakesNothing:
    """Has no `__init__`."""


def test_a_class_may_inherit_its_options_or_have_none():
    assert Options(Inherits, 0).known["size"].validate(1.5, None)[1]
    assert not Options(TakesNothing, 0).known
