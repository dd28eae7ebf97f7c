"""What each row counts in training, by the weights of the data and those of the classes."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from gridloom import Data, StopRun
from gridloom.registry.options import Options
from gridloom_plugins.networks.training import NetworkTraining
from gridloom_plugins.networks.weights import row_weights

CLASSES = Data(np.zeros((6, 1)), np.array([0, 0, 0, 0, 1, 1]), classes=("benign", "malignant"))
NUMBERS = Data(np.zeros((6, 1)), np.arange(6) / 2)
ROWS = np.arange(1, 6)


def weights(data, class_weight):
    work = SimpleNamespace(data=data, training=lambda fit: SimpleNamespace(class_weight=class_weight))
    return row_weights(work, fit=None, rows=ROWS)


def test_classes_count_as_the_experiment_says_and_one_that_it_does_not_name_counts_once():
    assert weights(CLASSES, {"malignant": 2.0}).tolist() == [1, 1, 1, 2, 2]
    assert weights(CLASSES, "balanced") == pytest.approx([5 / 6, 5 / 6, 5 / 6, 5 / 4, 5 / 4])
    assert weights(CLASSES, None) is None


def test_a_class_that_the_data_lack_stops_the_run():
    with pytest.raises(StopRun) as caught:
        weights(CLASSES, {"malignnt": 2.0})
    assert str(caught.value) == "training: class_weight names an unknown class 'malignnt'; did you mean 'malignant'?"


def test_a_class_named_by_its_number_is_answered_with_its_name():
    with pytest.raises(StopRun) as caught:
        weights(CLASSES, {"0": 1.0, "1": 5.0})
    name = CLASSES.classes[0]
    assert str(caught.value) == f"training: class_weight uses the names of classes; for '0' write '{name}'"


def test_weights_of_classes_stop_a_run_that_predicts_numbers():
    with pytest.raises(StopRun, match=r"^training: class_weight is for classification"):
        weights(NUMBERS, "balanced")


def test_a_fit_whose_rows_all_weigh_nothing_fails():
    with pytest.raises(ValueError, match="every training row of this fit has the weight 0"):
        weights(CLASSES, {"benign": 0.0, "malignant": 0.0})


@pytest.mark.parametrize(("name", "value"), [("class_weight", {}), ("epochs", 10**20), ("batch_size", 10**20)])
def test_settings_that_say_nothing_or_would_never_end_are_refused_with_their_place(name, value):
    _, findings = Options(NetworkTraining, 0).validate({name: value}, Path())
    assert [finding.path[0] for finding in findings] == [name]
