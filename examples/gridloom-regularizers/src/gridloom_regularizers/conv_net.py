"""The model builder `conv_net`: a small convolutional network for images."""

from __future__ import annotations

from typing import Annotated, Any

from annotated_types import Ge

from gridloom import ModelBuilder, StopRun, Task


def build(
    task: Task,
    filters: Annotated[int, Ge(1)] = 8,
    kernel_size: Annotated[int, Ge(1)] = 3,
    dense: Annotated[int, Ge(1)] = 32,
) -> Any:
    """Two convolutions, each with a ReLU and max pooling, then a dense layer and an output that suits the task.

    `filters` is how many the first convolution has (the second has twice as many), `kernel_size` how many pixels to a
    side each of them sees, `dense` the width of the dense layer. Rows are images of shape (height, width) or (height,
    width, channels). Several classes have categorical cross-entropy, so that labels can be smoothed.
    """
    import keras
    from keras import layers

    match task.input_shape:
        case (_, _):
            channels = [layers.Reshape((*task.input_shape, 1))]
        case (_, _, _):
            channels = []
        case shape:
            raise StopRun(f"conv_net takes images, but the rows of these data have the shape {shape}")
    outputs, last, loss = {
        "binary": (1, "sigmoid", keras.losses.BinaryCrossentropy()),
        "multiclass": (task.n_classes, "softmax", keras.losses.CategoricalCrossentropy()),
        "regression": (1, "linear", keras.losses.MeanSquaredError()),
    }[task.kind]
    model = keras.Sequential(
        [
            keras.Input(task.input_shape),
            *channels,
            layers.Conv2D(filters, kernel_size, padding="same", activation="relu"),
            layers.MaxPooling2D(padding="same"),
            layers.Conv2D(2 * filters, kernel_size, padding="same", activation="relu"),
            layers.MaxPooling2D(padding="same"),
            layers.Flatten(),
            layers.Dense(dense, activation="relu"),
            layers.Dense(outputs, activation=last),
        ]
    )
    model.compile(optimizer="adam", loss=loss)
    return model


BUILDER = ModelBuilder(name="conv_net", summary="Small convolutional network for images.", build=build)
