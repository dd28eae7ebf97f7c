"""Keeps TensorFlow out of a process whose Keras runs on JAX, as workers do: importing it takes seconds."""

from __future__ import annotations

import os
import sys
from importlib.abc import MetaPathFinder


class _Refusing(MetaPathFinder):
    def find_spec(self, fullname, path=None, target=None):
        if fullname == "tensorflow":
            raise ModuleNotFoundError("TensorFlow is kept out")


if os.environ.get("KERAS_BACKEND") == "jax":
    sys.meta_path.insert(0, _Refusing())
