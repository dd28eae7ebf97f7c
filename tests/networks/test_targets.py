"""Targets are coded by loss and output alone, and what does not suit each other is refused with a sentence."""

from __future__ import annotations

import functools

import numpy as np
import pytest

from gridloom import Data, StopRun
from gridloom_plugins.networks.several import check_activation
from gridloom_plugins.networks.targets import coded_targets, output_shape

pytestmark = pytest.mark.slow

X = np.zeros((4, 2))
TWO = Data(X, np.array([0, 1, 1, 0]), classes=("a", "b"))
THREE = Data(X, np.array([0, 1, 2, 1]), classes=("a", "b", "c"))
NUMBERS = Data(X, np.array([0.5, 1.5, 2.5, 3.5]))
LABELS = [0, 1, 2, 1]
ONE_HOT = [[1, 0, 0], [0, 1, 0], [0, 0, 1], [0, 1, 0]]


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras  # noqa: PLW0603
    import keras


def own(y_true, y_pred):
    return keras.ops.mean((y_true - y_pred) ** 2, axis=-1)


@pytest.mark.parametrize(
    "loss",
    [
        "sparse_categorical_crossentropy",
        "SparseCategoricalCrossentropy",
        lambda: keras.losses.sparse_categorical_crossentropy,
        lambda: keras.losses.SparseCategoricalCrossentropy(name="mine"),
        lambda: type("Mine", (keras.losses.SparseCategoricalCrossentropy,), {})(from_logits=True),
        lambda: functools.partial(keras.losses.sparse_categorical_crossentropy, from_logits=True),
    ],
)
def test_a_sparse_loss_gets_class_numbers_however_it_is_written(loss):
    found = coded_targets(THREE, (3,), loss if isinstance(loss, str) else loss(), None)
    assert (found.tolist(), found.dtype) == (LABELS, "int32")


def test_every_other_loss_of_keras_gets_one_hot_codes_for_several_outputs():
    from keras.src import losses

    others = {"Loss", "LossFunctionWrapper", "SparseCategoricalCrossentropy", "sparse_categorical_crossentropy"}
    without_classes = {"Circle", "CTC", "circle", "ctc"}
    for name, loss in losses.ALL_OBJECTS_DICT.items():
        if name in others | without_classes:
            continue
        made = loss() if isinstance(loss, type) else loss
        assert coded_targets(THREE, (3,), name, None).tolist() == ONE_HOT, name
        assert coded_targets(THREE, (3,), made, None).tolist() == ONE_HOT, name
    for name in without_classes:
        with pytest.raises(ValueError, match="does not give scores of classes"):
            coded_targets(THREE, (3,), name, None)


@pytest.mark.parametrize("loss", ["binary_crossentropy", "hinge", "mse", own])
def test_two_classes_of_one_output_are_zeros_and_ones_in_its_shape(loss):
    assert coded_targets(TWO, (1,), loss, None).tolist() == [[0], [1], [1], [0]]
    with pytest.raises(ValueError, match=r"has shape \(\) a row, .* should have shape \(1,\) or \(2,\)"):
        coded_targets(TWO, (), loss, None)
    assert coded_targets(NUMBERS, (1,), "mse", None).tolist() == [[0.5], [1.5], [2.5], [3.5]]


def test_a_loss_of_ones_own_gets_for_several_outputs_what_the_setting_says():
    assert coded_targets(THREE, (3,), own, "one_hot").tolist() == ONE_HOT
    assert coded_targets(THREE, (3,), own, "labels").tolist() == LABELS
    assert coded_targets(TWO, (1,), own, "labels").tolist() == [[0], [1], [1], [0]]


@pytest.mark.parametrize(
    ("data", "shape", "loss", "wanted", "said"),
    [
        (
            THREE,
            (3,),
            own,
            None,
            "the loss 'own' is not part of Keras: write whether it takes one-hot rows or class numbers: 'targets: one_hot'",
        ),
        (THREE, (3,), "mse", "labels", "targets cannot be labels, since the loss 'mse' takes one_hot"),
        (THREE, (3,), "sparse_categorical_crossentropy", "one_hot", "takes labels"),
        (TWO, (1,), own, "one_hot", "targets cannot be one_hot, since the network has a single output"),
        (THREE, (1,), "mse", None, "the network has 1 output, but there are 3 classes, so it should have 3"),
        (THREE, (2,), own, "labels", "the network has 2 outputs, but there are 3 classes"),
        (THREE, (5,), "sparse_categorical_crossentropy", None, "the network has 5 outputs, but there are 3 classes"),
        (TWO, (3,), "mse", None, "the network has 3 outputs, but there are 2 classes, so it should have 1 or 2"),
        (TWO, (6, 1), "mse", None, r"output has shape \(6, 1\) a row, but the target is one of 2 classes"),
        (TWO, (1, 1), "mse", None, r"output has shape \(1, 1\) a row"),
        (NUMBERS, (8, 1), "mae", None, r"output has shape \(8, 1\) a row, but the target is one number: .* \(1,\)$"),
        (NUMBERS, (50,), "mae", None, r"output has shape \(50,\) a row, but the target is one number"),
        (
            TWO,
            (1,),
            "categorical_crossentropy",
            None,
            "takes one output per class, but the network has a single output",
        ),
        (TWO, (1,), "sparse_categorical_crossentropy", None, "make it 2"),
        (
            NUMBERS,
            (1,),
            "binary_crossentropy",
            None,
            "takes targets of 0 to 1, but those of the data go from 0.5 to 3.5",
        ),
        (NUMBERS, (1,), "hinge", None, "takes targets of -1, 0 and 1, but those of the data go from 0.5 to 3.5"),
        (NUMBERS, (1,), "categorical_crossentropy", None, "compares several outputs, but the target is one number"),
    ],
)
def test_what_does_not_suit_is_refused(data, shape, loss, wanted, said):
    with pytest.raises(ValueError, match=said):
        coded_targets(data, shape, loss, wanted)


LABELLED = Data(X, np.array([[0, 1], [1, 0], [1, 1], [0, 0]]), multilabel=True)
SEVERAL = Data(X, np.array([[0.5, 1.5], [2.5, 3.5], [0, 1], [1, 0]]))


@pytest.mark.parametrize("loss", ["binary_crossentropy", "BinaryFocalCrossentropy", own])
def test_labels_are_zeros_and_ones_side_by_side(loss):
    found = coded_targets(LABELLED, (2,), loss, None)
    assert (found.tolist(), found.dtype) == ([[0, 1], [1, 0], [1, 1], [0, 0]], "float32")


@pytest.mark.parametrize("loss", ["mse", "mean_absolute_error", "Huber", "log_cosh", own])
def test_several_numbers_stand_side_by_side(loss):
    assert coded_targets(SEVERAL, (2,), loss, None).tolist() == SEVERAL.y.tolist()


@pytest.mark.parametrize(
    ("data", "shape", "loss", "said"),
    [
        (LABELLED, (1,), "binary_crossentropy", "the network has 1 output, but the targets are 2 labels, so it should have 2"),
        (LABELLED, (3,), "binary_crossentropy", "the network has 3 outputs, but the targets are 2 labels, so it should"),
        (LABELLED, (4, 2), own, r"output has shape \(4, 2\) a row, but the targets are 2 labels: .* have shape \(2,\)"),
        (LABELLED, (2,), "mse", "the loss 'mse' is not suitable for labels, each of which is 0 or 1; use binary_crossentropy"),
        (LABELLED, (2,), "categorical_crossentropy", "the loss 'categorical_crossentropy' is not suitable for labels"),
        (SEVERAL, (1,), "mse", "the network has 1 output, but the targets are 2 numbers, so it should have 2"),
        (SEVERAL, (2,), "sparse_categorical_crossentropy", "does not compare numbers one by one, but the targets are 2 num"),
        (SEVERAL, (2,), "cosine_similarity", "use mean_squared_error, mean_absolute_error or huber"),
        (SEVERAL, (2,), "binary_crossentropy", "takes targets of 0 to 1, but those of the data go from 0 to 3.5"),
    ],
)  # fmt: skip
def test_what_does_not_suit_several_targets_is_refused(data, shape, loss, said):
    with pytest.raises(ValueError, match=said):
        coded_targets(data, shape, loss, None)


@pytest.mark.parametrize(
    ("activation", "logits", "said"),
    [
        ("sigmoid", False, ""),
        ("hard_sigmoid", False, ""),
        ("linear", True, ""),
        (
            "softmax",
            False,
            "ends in a softmax, but the targets are 2 labels, whose probabilities need one sigmoid each",
        ),
        ("linear", False, "ends in a linear"),
        ("sigmoid", True, r"takes logits \(from_logits=True\), but the network ends in a sigmoid; make it linear"),
    ],
)
def test_labels_take_a_sigmoid_each(activation, logits, said):
    start = keras.Input((2,))
    inner = keras.Sequential([start, keras.layers.Dense(2, activation)])
    for model in (inner, keras.Model(start, inner(start))):
        model.compile("sgd", keras.losses.BinaryCrossentropy(from_logits=logits))
        if not said:
            check_activation(model, LABELLED.task)
            check_activation(model, SEVERAL.task)
            continue
        with pytest.raises(ValueError, match=said):
            check_activation(model, LABELLED.task)


def test_the_setting_stops_a_run_that_predicts_several_targets():
    with pytest.raises(StopRun, match=r"^training: targets is for classification, but the targets are 2 labels"):
        coded_targets(LABELLED, (2,), "binary_crossentropy", "labels")


def test_the_setting_stops_a_run_that_predicts_numbers():
    with pytest.raises(StopRun, match=r"^training: targets is for classification"):
        coded_targets(NUMBERS, (1,), "mse", "labels")


def test_networks_that_take_other_rows_or_have_several_outputs_are_refused():
    wide = keras.Sequential([keras.Input((3,)), keras.layers.Dense(1)])
    with pytest.raises(ValueError, match=r"takes rows of shape \(3,\), but those of the data have shape \(2,\)"):
        output_shape(wide, TWO.task)
    start = keras.Input((2,))
    with pytest.raises(
        ValueError, match=r"the network has 2 outputs, not one; join them with keras.layers.Concatenate"
    ):
        output_shape(keras.Model(start, [keras.layers.Dense(1)(start), keras.layers.Dense(1)(start)]), TWO.task)


def test_the_shape_of_a_subclass_is_found_by_calling_it():
    class Own(keras.Model):
        def __init__(self):
            super().__init__()
            self.last = keras.layers.Dense(3)

        def call(self, x):
            return self.last(x)

    assert output_shape(Own(), THREE.task) == (3,)
