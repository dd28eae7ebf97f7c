"""Reporters: what a run looks like while it runs, and what it leaves."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.reporters import console, csv, histories, html, json, markdown, mlflow, optuna, plots, tensorboard


@gridloom.hookimpl
def gridloom_reporters() -> Iterator[gridloom.Reporter]:
    """The built-in reporters."""
    yield console.REPORTER
    yield csv.REPORTER
    yield histories.REPORTER
    yield html.REPORTER
    yield json.REPORTER
    yield markdown.REPORTER
    yield mlflow.REPORTER
    yield optuna.REPORTER
    yield plots.REPORTER
    yield tensorboard.REPORTER
