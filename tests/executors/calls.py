"""What real worker processes are told to do."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path


def pid():
    return os.getpid()


def nap(mark):
    """Say that the call has begun, and take long."""
    Path(mark).write_text(str(os.getpid()))
    time.sleep(60)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def fail():
    raise LookupError("a call's own mistake")


def environment(name):
    return os.environ.get(name)


def blocked_signals():
    return {int(number) for number in signal.pthread_sigmask(signal.SIG_BLOCK, ())}


def described(array):
    """The type of an array, the file behind it if any, whether it can be written to, and its sum."""
    file = getattr(array, "filename", None)
    return type(array).__name__, file and str(file), array.flags.writeable, float(array.sum())


def doubled(array):
    return array * 2
