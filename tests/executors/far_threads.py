"""An executor whose workers are threads of the run's own process: the cheapest that knows nothing of this machine."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import gridloom


@contextmanager
def opened(count, environment):
    with ThreadPoolExecutor(count or 1) as pool:
        yield gridloom.FarSession(pool.submit, environment, capacity=lambda: 1)


def build(C: float = 1.0):
    from sklearn.linear_model import LogisticRegression

    print(f"built with C={C:g}")
    return LogisticRegression(C=C, max_iter=500)


@gridloom.hookimpl
def gridloom_executors():
    yield gridloom.Executor("far", "A worker that is taken for another machine's.", opened, far=True)


@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder(
        "printing", "A logistic regression that says when it is built.", build, makes="estimator"
    )
