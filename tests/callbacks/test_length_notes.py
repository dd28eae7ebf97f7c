"""A run says before it trains why each of the searched numbers of epochs is trained on its own."""

from __future__ import annotations

import pytest

from gridloom.experiment.bind import read_experiment
from gridloom.experiment.length_notes import notes_on_epochs


@pytest.mark.parametrize(
    ("callbacks", "space", "told"),
    [
        (["lr_schedule"], {"training": {"epochs": [2, 4]}}, "'lr_schedule' depends on their number"),
        (["lr_schedule"], {"training": {"batch_size": [2, 4]}}, None),
        ([{"name": "lr_schedule", "epochs": 5}, "terminate_on_nan"], {"training": {"epochs": [2, 4]}}, None),
        (
            [{"name": "lr_schedule", "schedule": "step"}],
            {"training": {"epochs": [2, 4]}, "callbacks": {"lr_schedule": {"schedule": ["step", "cosine"]}}},
            "each value is trained on its own",
        ),
    ],
)
def test_a_callback_that_depends_on_the_number_of_searched_epochs_is_named(write, registry, callbacks, space, told):
    search = {"space": space}
    file = write(dataset="pima", model="mlp", engine="scikeras", training={"callbacks": callbacks}, search=search)
    notes = [*notes_on_epochs(read_experiment(file, registry))]
    assert len(notes) == (told is not None)
    assert told is None or told in notes[0]
