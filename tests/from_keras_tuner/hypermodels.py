"""Hypermodels as KerasTuner's guides have them, each a function of `hp` or an object with `build(hp)`."""

from __future__ import annotations


def dense(hp):
    """The first example of the guide."""
    import keras

    model = keras.Sequential([keras.Input((8,))])
    model.add(keras.layers.Dense(hp.Int("units", min_value=32, max_value=512, step=32), activation="relu"))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    model.compile("adam", "binary_crossentropy", metrics=["accuracy"])
    return model


def loop_of_layers(hp):
    """As many layers as a hyperparameter says, each with its own."""
    import keras

    model = keras.Sequential([keras.Input((8,))])
    for i in range(hp.Int("num_layers", 1, 3)):
        model.add(
            keras.layers.Dense(
                units=hp.Int(f"units_{i}", min_value=8, max_value=32, step=8),
                activation=hp.Choice("activation", ["relu", "tanh"]),
            )
        )
    if hp.Boolean("dropout"):
        model.add(keras.layers.Dropout(rate=0.25))
    model.add(keras.layers.Dense(1, activation="sigmoid"))
    rate = hp.Float("lr", min_value=1e-4, max_value=1e-2, sampling="log")
    model.compile(keras.optimizers.Adam(learning_rate=rate), "binary_crossentropy")
    return model


def tuned_optimizer(hp):
    """Optimizers with hyperparameters of their own."""
    import keras

    model = keras.Sequential([keras.Input((8,)), keras.layers.Dense(8), keras.layers.Dense(1, activation="sigmoid")])
    name = hp.Choice("optimizer", ["adam", "sgd", "rmsprop"], default="sgd")
    rate = hp.Float("rate", 1e-3, 1e-1, step=10, sampling="log")
    with hp.conditional_scope("optimizer", ["sgd", "rmsprop"]):
        momentum = hp.Float("momentum", 0.0, 0.9, step=0.1)
    with hp.conditional_scope("optimizer", ["sgd"]):
        nesterov = hp.Boolean("nesterov", default=True)
    kinds = {
        "adam": lambda: keras.optimizers.Adam(rate, beta_1=hp.Fixed("beta", 0.8)),
        "sgd": lambda: keras.optimizers.SGD(rate, momentum=momentum, nesterov=nesterov),
        "rmsprop": lambda: keras.optimizers.RMSprop(rate, momentum=momentum),
    }
    model.compile(kinds[name](), "binary_crossentropy")
    return model


def conditional_models(hp):
    """One of two kinds of model, as in the documentation of `conditional_scope`."""
    import keras

    model = keras.Sequential([keras.Input((8, 8, 1))])
    kind = hp.Choice("model_type", ["mlp", "cnn"])
    with hp.conditional_scope("model_type", ["mlp"]):
        if kind == "mlp":
            model.add(keras.layers.Flatten())
            model.add(keras.layers.Dense(hp.Int("units", 8, 16), activation="relu"))
    with hp.conditional_scope("model_type", ["cnn"]):
        if kind == "cnn":
            model.add(keras.layers.Conv2D(hp.Choice("filters", [4, 8]), 3, activation="relu"))
            model.add(keras.layers.GlobalAveragePooling2D())
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def parents(hp):
    """Conditions by `parent_name`, two deep."""
    import keras

    inputs = x = keras.Input((8,))
    shape = hp.Choice("shape", ["flat", "deep"])
    with hp.conditional_scope("shape", "deep"):
        depth = hp.Int("depth", 2, 4)
        last = hp.Int("last", 2, 8, step=2, default=4, parent_name="depth", parent_values=[3, 4])
    for _ in range(depth or 1):
        x = keras.layers.Dense(8, activation="relu")(x)
    if shape == "deep" and last:
        x = keras.layers.Dense(last)(x)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


def convolutions(hp):
    """Blocks of convolutions, with scopes of names, and a choice of pooling; three blocks need more pixels than there are."""
    import keras

    inputs = x = keras.Input((8, 8, 1))
    for block in range(hp.Int("blocks", 1, 4, default=2)):
        with hp.name_scope(f"block_{block}"):
            x = keras.layers.Conv2D(hp.Int("filters", 4, 16, step=2, sampling="log"), 3, padding="same")(x)
            pool = (
                keras.layers.MaxPooling2D
                if hp.Choice("pool", ["max", "avg"]) == "max"
                else keras.layers.AveragePooling2D
            )
            x = pool(2)(x)
    x = keras.layers.GlobalAveragePooling2D()(x)
    model = keras.Model(inputs, keras.layers.Dense(10, activation="softmax")(x))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


def augmentation(hp):
    """Augmentation layers, each of which may be there."""
    import keras

    model = keras.Sequential([keras.Input((8, 8, 3))])
    if hp.Boolean("augment", default=True):
        if hp.Choice("flip", ["none", "horizontal", "vertical"]) != "none":
            model.add(keras.layers.RandomFlip(hp.get("flip")))
        factor = hp.Float("rotation", 0, 0.5, step=0.25)
        if factor != 0:
            model.add(keras.layers.RandomRotation(factor))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(10, activation="softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


class CustomStep:
    """A HyperModel whose model has its own training step."""

    def __init__(self, classes):
        self.classes = classes

    def build(self, hp):
        """A model with a penalty that is tuned."""
        import keras

        class Penalised(keras.Model):
            def train_step(self, *args, **kwargs):
                return super().train_step(*args, **kwargs)

        inputs = keras.Input((8,))
        hidden = keras.layers.Dense(hp.Int("units", 4, 12, step=4), kernel_regularizer=keras.regularizers.L2(hp.Float("l2", 1e-4, 1e-1, sampling="log")))(inputs)  # fmt: skip
        model = Penalised(inputs, keras.layers.Dense(self.classes, activation="softmax")(hidden))
        model.compile("adam", "sparse_categorical_crossentropy")
        return model


def two_paths(hp):
    """A functional model with a path that is only there with both of two switches."""
    import keras

    inputs = x = keras.Input((8,))
    wide, skip = hp.Boolean("wide"), hp.Boolean("skip")
    x = keras.layers.Dense(16 if wide else 8)(x)
    if wide and skip:
        x = keras.layers.Add()([keras.layers.Dense(16)(inputs), x])
    for i in range(hp.Choice("repeats", [1, 2])):
        if hp.Boolean(f"norm_{i}"):
            x = keras.layers.BatchNormalization(momentum=hp.Float(f"momentum_{i}", 0.8, 0.99))(x)
    model = keras.Model(inputs, keras.layers.Dense(1)(x))
    model.compile("adam", "mse")
    return model


def recurrent(hp):
    """Layers of a kind that is chosen by name, values that are all of one type, and strange names."""
    import keras

    kind = {"lstm": keras.layers.LSTM, "gru": keras.layers.GRU}[hp.Choice("cell type", ["lstm", "gru"])]
    model = keras.Sequential([keras.Input((5, 2))])
    model.add(kind(hp.Choice("lambda", [4, 8], ordered=False), dropout=hp.Choice("name", [0.0, 0.5])))
    model.add(keras.layers.Dense(1))
    model.compile("rmsprop", hp.Choice("loss", ["mse", "mae"]))
    return model


HYPERMODELS = {
    "dense": dense,
    "loop_of_layers": loop_of_layers,
    "tuned_optimizer": tuned_optimizer,
    "conditional_models": conditional_models,
    "parents": parents,
    "convolutions": convolutions,
    "augmentation": augmentation,
    "custom_step": CustomStep(3),
    "two_paths": two_paths,
    "recurrent": recurrent,
}
