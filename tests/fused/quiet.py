"""Keeps TensorFlow out of a process whose Keras runs on JAX, as workers do: importing it takes seconds."""

from __future__ import annotations

import os
import sys

from gridloom_plugins.networks.importing import Without

if os.environ.get("KERAS_BACKEND") == "jax":
    sys.meta_path.insert(0, Without(("tensorflow",), "is kept out"))
