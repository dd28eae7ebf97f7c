"""Why a network cannot be trained in a compiled program."""

from __future__ import annotations

import re


class Unsuitable(Exception):
    """A network that cannot be trained in a compiled JAX program, though another engine may train it."""


def without_tensorflow(error: BaseException | None) -> ImportError | None:
    """The first error that says that TensorFlow cannot be imported, among those that led to this one."""
    found = None
    while error is not None:
        if isinstance(error, ImportError) and "tensorflow" in f"{error.name} {error}":
            found = error
        error = error.__cause__ or error.__context__
    return found


def is_of_preprocessing(error: BaseException) -> bool:
    """Whether one of Keras's layers for preprocessing and augmentation raised this: some do not work on JAX.

    Keras says in its message which layer it was calling, and hides its own frames. Tried with Keras 3.15.
    """
    import keras

    called = (getattr(keras.layers, name, None) for name in re.findall(r"when calling (\w+)\.call\(\)", str(error)))
    return any(getattr(kind, "__module__", "").startswith("keras.src.layers.preprocessing") for kind in called)


def reason_of(error: Exception) -> str:
    """The error in a line: the missing TensorFlow, if that is what led to it."""
    error = without_tensorflow(error) or error
    return f"{type(error).__name__}: {str(error).strip().partition(chr(10))[0]}"
