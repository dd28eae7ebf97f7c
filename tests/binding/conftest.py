"""Bind the text of an experiment, or check that it is refused with messages at the places marked ► in it."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from schema.agreement import check_agreement

from gridloom.errors import InvalidInput
from gridloom.experiment.bind import read_experiment
from gridloom.experiment.experiment import Experiment

Read = Callable[..., Experiment]
Refused = Callable[..., None]


@pytest.fixture
def read(registry, tmp_path) -> Read:
    """Bind the experiment of a text, with settings over it; without them the JSON Schema must agree with what comes of it."""

    def read(text: str, *settings: str) -> Experiment:
        file = tmp_path / "small.yaml"
        file.write_text(text, encoding="utf-8")
        try:
            experiment = read_experiment(file, registry, settings=settings)
        except InvalidInput as error:
            if not settings:
                check_agreement(text, error.problems)
            raise
        if not settings:
            check_agreement(text, [])
        return experiment

    return read


@pytest.fixture
def refused(read, tmp_path) -> Refused:
    """Check that a text is refused with exactly these messages, one for each ► in it, in this order."""

    def refused(marked: str, *messages: str) -> None:
        places = []
        for part in range(1, len(pieces := marked.split("►"))):
            before = "".join(pieces[:part])
            places.append((before.count("\n") + 1, len(before) - before.rfind("\n")))
        assert len(places) == len(messages)
        with pytest.raises(InvalidInput) as caught:
            read(marked.replace("►", ""))
        assert str(caught.value).replace(f"{tmp_path}/", "").splitlines() == [
            f"small.yaml:{line}:{column}: {message}" for (line, column), message in zip(places, messages, strict=True)
        ]

    return refused
