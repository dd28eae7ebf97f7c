"""Models that never come to an end, and callbacks of networks that do not."""

from __future__ import annotations

import re
import time

import gridloom


def build(C: float = 1.0, hangs: str = "no"):
    from sklearn.linear_model import LogisticRegression

    class Hanging(LogisticRegression):
        """A logistic regression whose `fit` sleeps, or holds the interpreter in C."""

        def fit(self, X, y, sample_weight=None):
            if hangs == "sleeps":
                time.sleep(600)
            if hangs == "in C":
                re.match("(a+)+$", "a" * 60 + "b")
            return super().fit(X, y, sample_weight)

    return Hanging(C=C, max_iter=500)


class Hang:
    """Hang after the first epoch."""

    def after_epoch(self, epoch):
        time.sleep(600)


@gridloom.hookimpl
def gridloom_model_builders():
    yield gridloom.ModelBuilder("hanging", "A logistic regression that may hang.", build, makes="estimator")


@gridloom.hookimpl
def gridloom_callbacks():
    yield gridloom.Callback("hang", "Hangs after the first epoch.", Hang)
