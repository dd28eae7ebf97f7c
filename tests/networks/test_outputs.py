"""What outputs say of classes, by the loss: logits and margins are no probabilities."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom_plugins.networks.outputs import predictions_of, probabilities

pytestmark = pytest.mark.slow

ONE = np.array([[-2.0], [-0.25], [0.25], [2.0]])
TWO = np.array([[1.0, 3.0], [0.25, -0.25]])


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras  # noqa: PLW0603
    import keras


def sigmoid(x):
    return 1 / (1 + np.exp(-x))


def softmax(x):
    return np.exp(x) / np.exp(x).sum(axis=1, keepdims=True)


@pytest.mark.parametrize(
    ("loss", "outputs", "expected"),
    [
        (lambda: keras.losses.BinaryCrossentropy(from_logits=True), ONE, sigmoid(ONE)),
        (lambda: keras.losses.BinaryFocalCrossentropy(from_logits=True), TWO, sigmoid(TWO)),
        (lambda: keras.losses.SparseCategoricalCrossentropy(from_logits=True), TWO, softmax(TWO)),
        (lambda: keras.losses.CategoricalCrossentropy(from_logits=True), TWO, softmax(TWO)),
        (lambda: keras.losses.Hinge(name="margin"), ONE, sigmoid(ONE)),
        (lambda: "squared_hinge", ONE, sigmoid(ONE)),
        (lambda: keras.losses.hinge, ONE, sigmoid(ONE)),
        (lambda: "categorical_hinge", TWO, TWO),
        (lambda: "binary_crossentropy", sigmoid(ONE), sigmoid(ONE)),
        (lambda: keras.losses.BinaryCrossentropy(label_smoothing=0.1), sigmoid(ONE), sigmoid(ONE)),
        (lambda: keras.losses.SparseCategoricalCrossentropy(name="classes"), softmax(TWO), softmax(TWO)),
    ],
)
def test_outputs_are_made_probabilities_where_the_loss_takes_something_else(loss, outputs, expected):
    np.testing.assert_allclose(np.asarray(probabilities(outputs, loss(), "multiclass")), expected, rtol=1e-6)


def test_outputs_of_labels_are_probabilities_and_those_above_a_half_are_labels():
    logits = probabilities(TWO, keras.losses.BinaryCrossentropy(from_logits=True), "multilabel")
    np.testing.assert_allclose(np.asarray(logits), sigmoid(TWO), rtol=1e-6)
    found = predictions_of(np.array([[0.2, 0.5], [0.51, 1.0]]), "multilabel")
    assert found.labels.tolist() == [[0, 0], [1, 1]]
    assert found.kept.tolist() == found.given("values").astype("float32").tolist()
    with pytest.raises(ValueError, match=r"are not probabilities of labels .* end it in a sigmoid"):
        predictions_of(TWO, "multilabel")


def test_outputs_of_several_numbers_are_these():
    assert predictions_of(TWO, "multioutput").values.tolist() == TWO.tolist()
