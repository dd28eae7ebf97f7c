"""What a builder sets for the whole of Keras, such as a dtype policy: it holds for its own network, and for no other fit's."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager

POLICY = "dtype_policy"
"""What Keras calls the policy among its global attributes; none is kept there before it is asked for or set."""

NAMES = "object_name_uids"
"""What Keras calls the numbers there that it gives names with, such as `auc_1`."""


@contextmanager
def keras_settings_restored() -> Iterator[None]:
    """Put back the dtype policy, the float type, epsilon and the order of channels, as they were before.

    The layers that were made meanwhile keep theirs. Names are numbered from the start, so that a metric is called alike in all
    fits. Tried with Keras 3.15, whose getter of the policy would set it.
    """
    from keras import config
    from keras.src.backend.common import global_state

    policy = global_state.get_global_attribute(POLICY)
    names = global_state.get_global_attribute(NAMES)
    global_state.set_global_attribute(NAMES, defaultdict(int))
    floats, epsilon, channels = config.floatx(), config.epsilon(), config.image_data_format()
    try:
        yield
    finally:
        global_state.set_global_attribute(POLICY, policy)
        global_state.set_global_attribute(NAMES, names)
        config.set_floatx(floats)
        config.set_epsilon(epsilon)
        config.set_image_data_format(channels)
