"""A plugin for `poison.py`: builders whose fits do what no fit should, each told by the options `act` and `place`."""

from __future__ import annotations

import atexit
import ctypes
import os
import resource
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Literal, NoReturn

from sklearn.linear_model import LogisticRegression

import gridloom


class Fatal(BaseException):
    """No Exception."""


class Unpicklable(Exception):
    """Cannot travel between processes."""

    def __init__(self) -> None:
        super().__init__("unpicklable", lambda: None)


class Speechless(Exception):
    """Ends the process when it is asked for its text."""

    def __str__(self) -> str:
        raise SystemExit


def _throw(error: BaseException) -> NoReturn:
    raise error


def _recurse() -> int:
    return 1 + _recurse()


def _spoil() -> None:
    os.chdir("/")
    os.environ["POISON"] = "1"
    sys.path.insert(0, "poison")
    os.umask(0)
    warnings.simplefilter("error")
    signal.signal(signal.SIGUSR1, signal.SIG_IGN)


def _fork() -> None:
    if not os.fork():
        time.sleep(600)
        os._exit(0)


def _print(megabytes: int) -> None:
    for _ in range(megabytes):
        sys.stdout.write("x" * 1_000_000)
    os.write(2, b"y" * 1_000_000)


def _print_for_ever() -> None:
    while True:
        _print(1)


def _limit() -> None:
    for limit in (resource.RLIMIT_NOFILE, resource.RLIMIT_FSIZE):
        resource.setrlimit(limit, (0, resource.getrlimit(limit)[1]))


def _die_later() -> None:
    threading.Timer(1, os._exit, (3,)).start()


def _set_timers() -> None:
    for timer in (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF):
        signal.setitimer(timer, 2)


ACTS: dict[str, Callable[[], object]] = {
    "sys.exit": sys.exit,
    "os._exit": lambda: os._exit(3),
    "os.abort": os.abort,
    "SIGSEGV": lambda: ctypes.string_at(0),
    "BaseException": lambda: _throw(Fatal()),
    "KeyboardInterrupt": lambda: _throw(KeyboardInterrupt()),
    "MemoryError": lambda: bytearray(1 << 62),
    "close fd 1": lambda: os.close(1),
    "chdir and more": _spoil,
    "fork and come back": os.fork,
    "fork and stay": _fork,
    "thread": lambda: threading.Thread(target=time.sleep, args=(600,)).start(),
    "atexit": lambda: atexit.register(time.sleep, 600),
    "print 100 MB": lambda: _print(100),
    "print 3 GB": lambda: _print(3000),
    "huge error": lambda: _throw(ValueError("x" * 100_000_000)),
    "recursion": _recurse,
    "unpicklable": lambda: _throw(Unpicklable()),
    "speechless": lambda: _throw(Speechless()),
    "SIGKILL": lambda: os.kill(os.getpid(), signal.SIGKILL),
    "SIGTERM": lambda: os.kill(os.getpid(), signal.SIGTERM),
    "close all files": lambda: os.closerange(3, 4096),
    "limits": _limit,
    "timers": _set_timers,
    "die a second later": _die_later,
    "SIGSTOP": lambda: os.kill(os.getpid(), signal.SIGSTOP),
    "print for ever": _print_for_ever,
    "sleep for ever": lambda: time.sleep(1e8),
}
"""What the names stand for."""

ENDLESS = ("SIGSTOP", "print for ever", "sleep for ever")
"""Those that never come to an end."""

FAILS = {
    "sys.exit": "SystemExit",
    "os._exit": "WorkerDied",
    "os.abort": "WorkerDied",
    "SIGSEGV": "WorkerDied",
    "BaseException": "Fatal",
    "KeyboardInterrupt": "KeyboardInterrupt",
    "MemoryError": "MemoryError",
    "huge error": "ValueError",
    "recursion": "RecursionError",
    "unpicklable": "Unpicklable",
    "speechless": "Speechless",
    "SIGKILL": "WorkerDied",
    "close all files": "WorkerDied",
    "limits": "OSError",
}
"""What the error of a fit names that does this; the others do no harm to their own fit."""


class Estimator(LogisticRegression):
    """Does what it is told when it is fitted."""

    act = ""

    def fit(self, X: Any, y: Any) -> Any:
        """Act, then fit."""
        if self.act:
            ACTS[self.act]()
        return super().fit(X, y)


def estimator(task: gridloom.Task, act: str = "", C: float = 1.0) -> Any:  # noqa: ARG001
    """Build an estimator that acts when it is fitted."""
    if Path.cwd() == Path("/") or os.environ.get("POISON"):
        raise RuntimeError("a fit before this one can be told")
    made = Estimator(C=C, max_iter=1000)
    made.act = act
    return made


PLACES = Literal["builder", "loss", "program"]
"""Where a network acts: as it is built, as its loss is traced, or in the first step of its compiled program."""


def network(task: gridloom.Task, act: str = "", place: PLACES = "builder", C: float = 1.0) -> Any:
    """Build a network that acts; `C` scales its hidden layer."""
    import keras

    if Path.cwd() == Path("/") or os.environ.get("POISON"):
        raise RuntimeError("a fit before this one can be told")
    if act and place == "builder":
        ACTS[act]()
    model = keras.Sequential([keras.Input(task.input_shape), keras.layers.Dense(round(4 * C), "relu")])
    if act and place == "program":
        model.add(_acting_layer(ACTS[act]))
    model.add(keras.layers.Dense(task.n_classes, "softmax"))

    def loss(truth: Any, predicted: Any) -> Any:
        ACTS[act]()
        return keras.losses.sparse_categorical_crossentropy(truth, predicted)

    model.compile("adam", loss if act and place == "loss" else "sparse_categorical_crossentropy")
    return model


def _acting_layer(act: Callable[[], object]) -> Any:
    """A layer whose first step acts: a compiled program calls Python for it."""
    import keras
    import numpy as np

    done: list[bool] = []

    def zero(x: Any) -> Any:
        if not done:
            act()
            done.append(True)
        return np.zeros_like(x)

    class Acting(keras.layers.Layer):  # type: ignore[misc]
        """Adds zero."""

        def call(self, inputs: Any) -> Any:
            """Ask Python for the zero."""
            if keras.backend.backend() == "tensorflow":
                import tensorflow as tf

                added = tf.numpy_function(zero, [tf.stop_gradient(inputs)], "float32")
            else:
                import jax

                shape = jax.ShapeDtypeStruct(inputs.shape, inputs.dtype)
                inside = jax.lax.stop_gradient(inputs)
                added = jax.pure_callback(zero, shape, inside, vmap_method="expand_dims")
            return inputs + keras.ops.reshape(added, keras.ops.shape(inputs))

        def compute_output_shape(self, input_shape: Any) -> Any:
            """As the input's."""
            return input_shape

    return Acting()


@gridloom.hookimpl
def gridloom_model_builders() -> Iterator[gridloom.ModelBuilder]:
    """Provide both builders."""
    yield gridloom.ModelBuilder("hostile_estimator", "Acts when it is fitted.", estimator, makes="estimator")
    yield gridloom.ModelBuilder("hostile_network", "Acts when it is built.", network)
