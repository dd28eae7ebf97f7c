"""Model builders."""

from __future__ import annotations

from collections.abc import Iterator

import gridloom
from gridloom_plugins.models import logistic_regression, mlp, random_forest


@gridloom.hookimpl
def gridloom_model_builders() -> Iterator[gridloom.ModelBuilder]:
    """The built-in model builders."""
    yield logistic_regression.BUILDER
    yield mlp.BUILDER
    yield random_forest.BUILDER
