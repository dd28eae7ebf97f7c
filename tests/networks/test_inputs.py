"""Networks with several inputs: they are compared with the data, edited by families, and trained as Keras trains them."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from gridloom import Data, Task
from gridloom_plugins.families.activation import apply_activation
from gridloom_plugins.families.dropout import apply_dropout
from gridloom_plugins.families.neurons import apply_neurons
from gridloom_plugins.families.weight_init import apply_weight_init
from gridloom_plugins.networks import inputs as network_inputs
from gridloom_plugins.networks.inputs import check_inputs, check_values
from networks.models import kinds, made_of

pytestmark = pytest.mark.slow

SHAPES = {"image": (4, 4), "table": (3,)}
TASK = Task("binary", (19,), 2, SHAPES)
RNG = np.random.default_rng(0)


@pytest.fixture(scope="module", autouse=True)
def _keras():
    """Import Keras when the first of these tests runs, and not when pytest collects them."""
    global keras, layers  # noqa: PLW0603
    import keras
    from keras import layers


def two_branches(*, by_name=False, shapes=SHAPES):
    """A branch for each input, then both together."""
    tensors = {name: keras.Input(shape, name=name) for name, shape in shapes.items()}
    parts = [
        layers.Dense(4, "relu", name=f"of_{name}")(layers.Flatten(name=f"flat_{name}")(tensor))
        for name, tensor in tensors.items()
    ]
    joint = layers.Dense(4, "relu", name="joint")(layers.Concatenate(name="both")(parts))
    model = keras.Model(tensors if by_name else [*tensors.values()], layers.Dense(1, "sigmoid", name="last")(joint))
    model.compile("sgd", "binary_crossentropy")
    return model


@pytest.mark.parametrize("by_name", [False, True])
def test_families_edit_both_branches_and_the_inputs_keep_their_names(by_name):
    def edit(draft):
        apply_dropout(draft, 0.25)
        apply_neurons(draft, 6)
        apply_activation(draft, "tanh")
        apply_weight_init(draft, "he_normal")

    made = made_of(two_branches(by_name=by_name), edit, TASK)
    check_inputs(made, TASK)
    assert kinds(made).count("Dropout") == 3
    hidden = [made.get_layer(name) for name in ("of_image", "of_table", "joint")]
    assert [layer.units for layer in hidden] == [6, 6, 6]
    assert {layer.activation.__name__ for layer in hidden} == {"tanh"}
    assert {type(layer.kernel_initializer).__name__ for layer in hidden} == {"HeNormal"}
    assert made.get_layer("last").units == 1
    for layer in hidden:
        (node,) = layer.output._keras_history.operation._outbound_nodes
        assert type(node.operation).__name__ == "Dropout"
    assert [tensor._keras_history.operation.rate for tensor in made.get_layer("both").input] == [0.25, 0.25]
    image, table = RNG.normal(size=(5, 4, 4)), RNG.normal(size=(5, 3))
    by_hand = [
        np.tanh(x.reshape(5, -1) @ part.kernel + part.bias) for x, part in zip((image, table), hidden, strict=False)
    ]
    joint = np.tanh(np.hstack(by_hand) @ hidden[2].kernel + hidden[2].bias)
    outputs = 1 / (1 + np.exp(-(joint @ made.get_layer("last").kernel + made.get_layer("last").bias)))
    np.testing.assert_allclose(made({"table": table, "image": image}), outputs, rtol=1e-5)


def test_the_builder_in_the_documentation_makes_a_network_for_its_data():
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "several-inputs.md").read_text("utf-8")
    names: dict[str, object] = {}
    exec(page.partition('title="house_net.py"')[2].partition("```")[0], names)
    inputs = {"picture": (8, 8), "table": (2,), "town": (1,)}
    model = names["build"](Task("binary", (67,), 2, inputs))
    check_inputs(model, Task("binary", (67,), 2, inputs))
    assert model({name: np.zeros((3, *shape)) for name, shape in inputs.items()}).shape == (3, 1)


def test_other_inputs_than_those_of_the_data_are_refused_with_the_way_out():
    check_inputs(two_branches(shapes={"table": (3,), "image": (4, 4, 1)}), TASK)
    with pytest.raises(
        ValueError, match=r"input 'image' takes rows of shape \(4, 5\), but rows of the data have \(4, 4\)"
    ):
        check_inputs(two_branches(shapes={"table": (3,), "image": (4, 5)}), TASK)
    said = r"the input\(s\) 'picture' \(4, 4\), 'table' \(3,\), but the data have 'image' \(4, 4\), 'table' \(3,\): the builder"
    with pytest.raises(ValueError, match=said):
        check_inputs(two_branches(shapes={"picture": (4, 4), "table": (3,)}), TASK)
    flat = keras.Sequential([keras.Input(TASK.input_shape, name="all"), layers.Dense(1)])
    with pytest.raises(ValueError, match=r"the input\(s\) 'all' \(19,\), but the data have 'image'"):
        check_inputs(flat, TASK)
    with pytest.raises(ValueError, match=r"2 inputs, image, table, but the data have one array.*X: \[image, table\]"):
        check_inputs(two_branches(), Task("binary", (19,), 2))


def work_on(data):
    """Work as far as a check of values asks for it."""
    return SimpleNamespace(
        recipe=SimpleNamespace(key="k"),
        data=data,
        features=lambda _: data.X,
        features_key=lambda _: "",
        task=lambda _: data.task,
    )


@pytest.mark.parametrize(
    ("ids", "said"),
    [
        ([0, 4, 2], None),
        ([0.0, 4.0, 2.0], None),
        ([0, 5, 2], "takes ids from 0 to 4 (its input_dim is 5), but the input 'ids' of the data contain 5"),
        ([0, -1, 2], "but the input 'ids' of the data contain -1"),
        ([0, 1.5, 2], "the network takes ids, but the input 'ids' of the data contain 1.5"),
    ],
)
def test_ids_of_an_embedding_are_checked(ids, said):
    data = Data({"table": np.ones((3, 2)), "ids": np.array(ids)}, np.array([0.0, 1, 2]))
    tensors = {"ids": keras.Input((1,), name="ids"), "table": keras.Input((2,), name="table")}
    both = layers.Concatenate()([layers.Flatten()(layers.Embedding(5, 2)(tensors["ids"])), tensors["table"]])
    check(data, keras.Model(tensors, layers.Dense(1)(both)), said)


def test_ids_are_checked_where_there_is_one_input():
    model = keras.Sequential([keras.Input((2,)), layers.Embedding(5, 2), layers.Flatten(), layers.Dense(1)])
    y = np.array([0.0, 1.0])
    check(Data(np.array([[0, 4], [1, 2]]), y), model, None)
    check(Data(np.array([[0, 4], [1, 5]]), y), model, "(its input_dim is 5), but the features of the data contain 5")


def test_an_input_of_whole_numbers_takes_those_that_are_exact():
    def number():
        start = keras.Input((1,), dtype="int32")
        return keras.Model(start, layers.Dense(1)(layers.Rescaling(1.0)(start)))

    y = np.array([0.0, 1.0])
    check(Data(np.array([[1], [2**24]]), y), number(), None)
    check(
        Data(np.array([[1], [2**24 + 1]]), y),
        number(),
        "the features of the data contain 16777217, but networks get float32",
    )
    check(
        Data(np.array([[1], [0.5]]), y),
        number(),
        "takes whole numbers (int32), but the features of the data contain 0.5",
    )


def check(data, model, said):
    network_inputs._found.clear()
    if said is None:
        check_values(work_on(data), None, model)
        return
    with pytest.raises(ValueError, match=r"\w") as caught:
        check_values(work_on(data), None, model)
    assert said in str(caught.value)


@pytest.mark.filterwarnings("ignore:`shuffle=True` was passed")
def test_a_network_trains_as_with_keras_whatever_the_order_of_the_inputs_with_scikeras_or_without():
    from gridloom_plugins.networks.batches import tensor_of
    from gridloom_plugins.networks.fitting import Fitting, by_keras
    from gridloom_plugins.networks.through_scikeras import way

    arrays = {
        "table": RNG.normal(size=(20, 3)).astype("float32"),
        "image": RNG.normal(size=(20, 4, 4)).astype("float32"),
    }
    y = (arrays["table"].sum(axis=1) > 0).astype("int64")
    data = Data(arrays, y, classes=("a", "b"))
    one, other = two_branches(), two_branches(by_name=True)
    for name in ("of_image", "of_table", "joint", "last"):
        other.get_layer(name).set_weights(one.get_layer(name).get_weights())
    through, note = way()
    assert not note
    began = one.get_weights()
    between = SimpleNamespace(following=SimpleNamespace(history={}))
    fitting = Fitting(one, 3, 2, 8, tensor_of(data.X), data.inputs, None, between, (), ())
    rows, targets = np.arange(20), y.astype("float32").reshape(-1, 1)
    without = dict(fitting.fit(rows, targets, None, by_keras).history)
    one.set_weights(began)
    one.optimizer.iterations.assign(0)
    for variable in one.optimizer.variables[2:]:
        variable.assign(variable * 0)
    fitting.fit(rows, targets, None, through)
    assert fitting.history == without
    orders = np.random.default_rng((3, 1))
    losses = []
    for _ in range(2):
        order = orders.permuted(np.arange(20))
        parts = {name: values[order] for name, values in arrays.items()}
        losses += other.fit(parts, y[order].reshape(-1, 1), batch_size=8, shuffle=False, verbose=0).history["loss"]
    np.testing.assert_allclose(fitting.history["loss"], losses, rtol=1e-5)
    np.testing.assert_allclose(fitting.predict(rows).ravel(), other.predict(arrays, verbose=0).ravel(), rtol=1e-5)
