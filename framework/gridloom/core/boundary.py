"""The boundary to the code of plugins: what it raises cannot end the process, and what it changes there is put back."""

from __future__ import annotations

import gc
import locale
import os
import random
import signal
import sys
import warnings
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from typing import Any

from gridloom.core.files import umask
from gridloom.errors import named

STREAMS = ("stdout", "stderr")
"""The streams of `sys` that print to the file descriptors 1 and 2."""


class PluginQuit(Exception):
    """A plugin raised SystemExit, or another error that would have ended the process and is no mistake of the user."""


@contextmanager
def contained(what: str) -> Iterator[None]:
    """Let errors that would end the process, such as SystemExit, become a PluginQuit that names what raised them.

    Ctrl-C goes through, as do all errors that are no more than errors.
    """
    try:
        yield
    except (Exception, KeyboardInterrupt):
        raise
    except BaseException as error:
        raise PluginQuit(f"{what} raised {named(error)}") from error


@contextmanager
def restored() -> Iterator[None]:
    """Undo changes that the code inside makes to the process, so that later code is not affected.

    For engines that train several fits at once; `gridloom.fit_each` does this for engines that train one after the
    other.

    It restores the working directory, the environment, the umask, standard output and error, `sys.path`, warning
    filters, signal handlers and timers, resource limits, the locale, NumPy's and scikit-learn's settings and the
    recursion limit. If the process forks inside, only the parent continues: the child ends.
    """
    process = os.getpid()
    before = [(aspect, aspect.read()) for aspect in _ASPECTS]
    descriptors = [_copy_of(number) for number in (1, 2)]
    try:
        yield
    finally:
        if os.getpid() != process:
            os._exit(0)
        for aspect, value in before:
            with suppress(Exception):
                if aspect.read() != value:
                    aspect.write(value)
        for number, copy in enumerate(descriptors, start=1):
            _restore(number, copy)
        for number, name in enumerate(STREAMS, start=1):
            _reopen(name, number)


@contextmanager
def seeded(seed: int) -> Iterator[None]:
    """Let the global generators of Python and numpy draw from this seed in here, and go on as before after it."""
    import numpy as np

    python, legacy = random.getstate(), np.random.get_state()  # noqa: NPY002  (others draw from it)
    random.seed(seed)
    np.random.seed(seed)  # noqa: NPY002
    try:
        yield
    finally:
        random.setstate(python)
        np.random.set_state(legacy)  # noqa: NPY002


def _copy_of(number: int) -> int | None:
    try:
        return os.dup(number)
    except OSError:  # it is closed
        return None


def _restore(number: int, copy: int | None) -> None:
    """Let a file descriptor be again what it was when it was copied, and close the copy."""
    if copy is None:
        return
    with suppress(OSError):
        try:
            is_same = os.path.sameopenfile(number, copy)
        except OSError:
            is_same = False
        if not is_same:
            os.dup2(copy, number)
        os.close(copy)


def _reopen(name: str, number: int) -> None:
    """Give `sys` a new stream where the one that it had was closed; its file descriptor is there again."""
    stream = getattr(sys, name)
    with suppress(OSError):
        if getattr(stream, "closed", False):
            setattr(sys, name, os.fdopen(number, "w", closefd=False))


@dataclass(frozen=True)
class _Aspect:
    """Something of the process that can be read and written; None where it cannot be read."""

    read: Callable[[], Any]
    write: Callable[[Any], object]


def _folder() -> str | None:
    try:
        return os.getcwd()  # noqa: PTH109  (a text)
    except OSError:  # it was deleted
        return None


def _set_folder(folder: str | None) -> None:
    if folder is not None:
        os.chdir(folder)


def _set_environment(values: dict[str, str]) -> None:
    for name in os.environ.keys() - values.keys():
        del os.environ[name]
    os.environ.update(values)


def _set_filters(filters: list[Any]) -> None:
    warnings.resetwarnings()  # which tells Python's own copy of them
    warnings.filters[:] = filters  # type: ignore[index]


_HANDLED = [
    getattr(signal, f"SIG{name}")
    for name in ("INT", "TERM", "HUP", "QUIT", "ABRT", "ALRM", "CHLD", "PIPE", "USR1", "USR2", "XCPU", "XFSZ")
    if hasattr(signal, f"SIG{name}")
]
"""The signals that code may want to handle; to ask for all 64 would take as long as all the rest."""


def _handlers() -> dict[signal.Signals, Any]:
    return {number: signal.getsignal(number) for number in _HANDLED}


def _set_handlers(handlers: dict[signal.Signals, Any]) -> None:
    for number, handler in handlers.items():
        if handler is not None and signal.getsignal(number) != handler:
            signal.signal(number, handler)


def _numpy(name: str, *args: Any, **settings: Any) -> Any:
    """What a function of numpy returns; None while numpy is not imported."""
    numpy = sys.modules.get("numpy")
    return getattr(numpy, name)(*args, **settings) if numpy else None


def _learning() -> Any:
    sklearn = sys.modules.get("sklearn")
    return sklearn.get_config() if sklearn and hasattr(sklearn, "get_config") else None


def _set_learning(settings: Any) -> None:
    if settings is not None:
        sys.modules["sklearn"].set_config(**settings)


def _streams() -> list[Any]:
    return [getattr(sys, name) for name in STREAMS]


def _set_streams(streams: list[Any]) -> None:
    for name, stream in zip(STREAMS, streams, strict=True):
        setattr(sys, name, stream)


def _set_path(path: list[str]) -> None:
    sys.path[:] = path


def _collects(enabled: bool) -> None:
    (gc.enable if enabled else gc.disable)()


_ASPECTS = [
    _Aspect(_folder, _set_folder),
    _Aspect(lambda: dict(os.environ), _set_environment),
    _Aspect(umask, os.umask),
    _Aspect(_streams, _set_streams),
    _Aspect(lambda: list(sys.path), _set_path),
    _Aspect(lambda: list(warnings.filters), _set_filters),
    _Aspect(_handlers, _set_handlers),
    _Aspect(lambda: locale.setlocale(locale.LC_ALL), lambda value: locale.setlocale(locale.LC_ALL, value)),
    _Aspect(lambda: _numpy("geterr"), lambda value: value and _numpy("seterr", **value)),
    _Aspect(lambda: _numpy("geterrcall"), lambda value: _numpy("seterrcall", value)),
    _Aspect(_learning, _set_learning),
    _Aspect(sys.getrecursionlimit, sys.setrecursionlimit),
    _Aspect(sys.gettrace, sys.settrace),
    _Aspect(sys.getprofile, sys.setprofile),
    _Aspect(gc.isenabled, _collects),
]


def _timers() -> list[bool]:
    return [signal.getitimer(timer)[0] > 0 for timer in _TIMERS]


def _stop_timers(running: list[bool]) -> None:
    """Stop the timers that did not run before."""
    for timer, ran in zip(_TIMERS, running, strict=True):
        if not ran:
            signal.setitimer(timer, 0)


def _limits() -> dict[int, int]:
    """The soft limits of this process: the hard ones, once lowered, cannot be raised again."""
    return {limit: resource.getrlimit(limit)[0] for limit in _LIMITED}


def _set_limits(limits: dict[int, int]) -> None:
    for limit, soft in limits.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(limit, (soft, resource.getrlimit(limit)[1]))


if hasattr(signal, "setitimer"):  # not on Windows
    import resource

    _TIMERS = (signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF)
    _LIMITED = [value for name, value in vars(resource).items() if name.startswith("RLIMIT_")]
    _ASPECTS += [
        _Aspect(_timers, _stop_timers),
        _Aspect(_limits, _set_limits),
        _Aspect(
            lambda: signal.pthread_sigmask(signal.SIG_BLOCK, ()),
            lambda mask: signal.pthread_sigmask(signal.SIG_SETMASK, mask),
        ),
    ]
