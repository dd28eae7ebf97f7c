"""What comes of a call that travels as bytes: made by the worker that has done it, and passed on to whoever waits for it."""

from __future__ import annotations

import pickle
from collections.abc import Callable, Sequence
from concurrent.futures import BrokenExecutor, Future
from typing import Any


def answer_of(read: Callable[[], Sequence[Any]]) -> bytes:
    """What a call returns or raises, ready to travel; `read` returns the call and its arguments, and may raise as well."""
    try:
        call, *args = read()
        answer = True, call(*args)
    except Exception as error:
        answer = False, error
    try:
        return pickle.dumps(answer)
    except Exception as error:
        kind = BrokenExecutor if isinstance(answer[1], BrokenExecutor) else RuntimeError
        return pickle.dumps((False, kind(f"the result of a call cannot be sent: {answer[1]} ({error})")))


def settle(future: Future[Any], content: bytes) -> None:
    """End a future with an answer, or with what is wrong with that."""
    try:
        is_value, value = pickle.loads(content)
    except Exception as error:
        is_value, value = False, error
    if is_value:
        future.set_result(value)
    else:
        future.set_exception(value)
