"""What a builder sets for the whole of Keras holds for its own network alone."""

from __future__ import annotations

import pytest

from gridloom_plugins.networks.keras_settings import keras_settings_restored

pytestmark = pytest.mark.slow


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("dtype_policy", "mixed_bfloat16"),
        ("floatx", "float64"),
        ("epsilon", 0.01),
        ("image_data_format", "channels_first"),
    ],
)
def test_a_setting_is_put_back_and_layers_that_were_made_keep_it(name, value):
    import keras

    with keras_settings_restored():  # whatever tests in this process have asked for before
        keras.config.set_dtype_policy("float32")
        before = {one: getattr(keras.config, one)() for one in ("floatx", "epsilon", "image_data_format")}
        with keras_settings_restored():
            getattr(keras.config, f"set_{name}")(value)
            layer = keras.layers.Dense(1)
        assert {one: getattr(keras.config, one)() for one in before} == before
        assert keras.config.dtype_policy().name == "float32"
        assert keras.layers.Dense(1).dtype_policy.name == "float32"
        assert layer.dtype_policy.name == (value if name == "dtype_policy" else "float32")


def test_a_policy_that_nobody_had_asked_for_is_asked_for_anew():
    import keras
    from keras.src.backend.common import global_state

    with keras_settings_restored():
        global_state.set_global_attribute("dtype_policy", None)
        with keras_settings_restored():
            keras.config.set_floatx("float64")
            assert keras.layers.Dense(1).dtype_policy.name == "float64"
        assert keras.layers.Dense(1).dtype_policy.name == "float32"
