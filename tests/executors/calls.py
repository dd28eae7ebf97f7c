"""What real worker processes are told to do."""

from __future__ import annotations

import atexit
import os
import re
import signal
import threading
import time
from dataclasses import dataclass
from pathlib import Path

from gridloom.training.time_limit import limited


def pid():
    return os.getpid()


def nap(mark):
    """Say that the call has begun, and take long."""
    Path(mark).write_text(str(os.getpid()))
    time.sleep(60)


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def slow_pid():
    time.sleep(1)
    return os.getpid()


def leave_a_thread():
    threading.Thread(target=time.sleep, args=(600,), daemon=False).start()
    return [os.getpid()]


def leave_an_exit_handler():
    atexit.register(time.sleep, 600)
    return [os.getpid()]


def leave_a_child():
    child = os.fork()
    if not child:
        os.setsid()
        time.sleep(60)
        os._exit(0)
    return [os.getpid(), child]


def leave_a_child_and_die(mark):
    Path(mark).write_text(str(leave_a_child()[1]))
    die()


def hold_the_interpreter():
    """Take for ever in C, without giving another thread a chance."""
    re.match("(a+)+$", "a" * 60 + "b")


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


@dataclass
class Last:
    """What says that its process is to end after it."""

    pid: int
    is_last: bool = True


def pid_and_last():
    return Last(os.getpid())


def hang_within(seconds, mark):
    """Hold the interpreter for longer than the limit, besides a child that sleeps."""
    if mark is not None:
        Path(mark).write_text(str(leave_a_child()[1]))
    with limited(seconds):
        hold_the_interpreter()


def go_on_within(seconds):
    """Take longer than the limit in all, and say in between that it goes on."""
    with limited(seconds) as go_on:
        for _ in range(6):
            time.sleep(0.75 * seconds)
            go_on()
    return "done"


def join_group(folder):
    """Become a member of a control group."""
    (Path(folder) / "cgroup.procs").write_text(str(os.getpid()))


def take(size):
    """Have so much memory, and write to it."""
    return sum(bytearray(b"x") * size)
