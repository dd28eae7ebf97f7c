"""A plugin for `poison.py`: builders whose fits do what no fit should, each told by the option `act`."""

from __future__ import annotations

import atexit
import ctypes
import os
import signal
import sys
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NoReturn

from sklearn.linear_model import LogisticRegression

import gridloom


class Fatal(BaseException):
    """No Exception."""


class Unpicklable(Exception):
    """Cannot travel between processes."""

    def __init__(self) -> None:
        super().__init__("unpicklable", lambda: None)


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


def _print() -> None:
    for _ in range(20):
        sys.stdout.write("x" * 5_000_000)
    os.write(2, b"y" * 5_000_000)


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
    "print 100 MB": _print,
    "huge error": lambda: _throw(ValueError("x" * 100_000_000)),
    "recursion": _recurse,
    "unpicklable": lambda: _throw(Unpicklable()),
}
"""What the names stand for."""

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


def network(task: gridloom.Task, act: str = "", C: float = 1.0) -> Any:
    """Build a network, and act meanwhile; `C` scales its hidden layer."""
    import keras

    if act:
        ACTS[act]()
    model = keras.Sequential([keras.Input(task.input_shape), keras.layers.Dense(round(4 * C), "relu")])
    model.add(keras.layers.Dense(task.n_classes, "softmax"))
    model.compile("adam", "sparse_categorical_crossentropy")
    return model


@gridloom.hookimpl
def gridloom_model_builders() -> Iterator[gridloom.ModelBuilder]:
    """Provide both builders."""
    yield gridloom.ModelBuilder("hostile_estimator", "Acts when it is fitted.", estimator, makes="estimator")
    yield gridloom.ModelBuilder("hostile_network", "Acts when it is built.", network)
