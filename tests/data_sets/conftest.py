"""Load a CSV file or the data set of an experiment, or list the problems of a CSV file."""

from __future__ import annotations

import pytest

from gridloom import InvalidInput
from gridloom.experiment.bind import read_experiment
from gridloom_plugins.datasets import csv


@pytest.fixture
def load(tmp_path):
    """Load a CSV file of this text or these bytes with the target `y`."""

    def load(content, **options):
        file = tmp_path / "data.csv"
        file.write_bytes(content if isinstance(content, bytes) else content.encode())
        return csv.load(file, **({"target": "y"} | options))

    return load


@pytest.fixture
def problems(load, tmp_path):
    """The problems of a CSV file as (line, column, message); each of them must name the file."""

    def problems(content, **options):
        with pytest.raises(InvalidInput) as caught:
            load(content, **options)
        places = [problem.location for problem in caught.value.problems]
        assert {place.source for place in places} == {str(tmp_path / "data.csv")}
        return [
            (place.line, place.column, problem.message)
            for place, problem in zip(places, caught.value.problems, strict=True)
        ]

    return problems


@pytest.fixture
def load_experiment(write, registry):
    """The data of an experiment with this data set."""
    return lambda dataset, **changes: read_experiment(write(dataset=dataset, **changes), registry).load_data()
