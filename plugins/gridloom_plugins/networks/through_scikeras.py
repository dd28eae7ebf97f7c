"""Keras's `fit` through a SciKeras estimator: all that knows SciKeras is in this file.

Tried with SciKeras 0.13. Where it does not fit the scikit-learn or Keras that is installed, networks are trained without it.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.metadata import PackageNotFoundError, version
from types import SimpleNamespace
from typing import Any

import numpy as np

from gridloom_plugins.networks.fitting import Fitting, Way, by_keras


class DoesOtherwise(Exception):
    """SciKeras calls Keras with something else than it was given."""


@lru_cache(maxsize=1)
def way() -> tuple[Way, str]:
    """How networks are trained in this process, and what there is to be said of it; empty where it is through SciKeras."""
    try:
        through = _through_scikeras()
        _try(through)
    except Exception as error:  # whatever another version of anything raises
        told = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        return by_keras, (
            f"SciKeras {_version()} does not work with the packages installed ({told}), so networks are trained by plain "
            f"Keras on TensorFlow, with equal results"
        )
    return through, ""


def _version() -> str:
    try:
        return version("scikeras")
    except PackageNotFoundError:
        return "(not installed)"


def _through_scikeras() -> Way:
    """Training through an estimator that is SciKeras's but for its ideas of targets and rows."""
    from scikeras.wrappers import BaseWrapper

    class Estimator(BaseWrapper):
        """Takes targets as the loss wants them: SciKeras would number the classes of each fold anew.

        `X` is a row number, so that no fit copies its features; what Keras gets is ready in `given`.
        """

        given: Any = None

        def _fit_keras_model(self, X: Any, y: Any, sample_weight: Any, **kwargs: Any) -> None:  # noqa: ARG002
            batches, settings, callbacks = self.given
            kwargs |= {"batch_size": None, **settings}
            self._fit_callbacks = callbacks
            super()._fit_keras_model(batches, None, sample_weight=None, **kwargs)

        def _check_model_compatibility(self, y: Any) -> None:
            """Nothing: `coded_targets` has compared output, target and loss."""

    def through(fitting: Fitting, batches: Any, settings: Mapping[str, Any]) -> None:
        def built() -> Any:
            return fitting.model

        estimator = Estimator(
            model=built, random_state=fitting.seed, epochs=fitting.epochs, batch_size=fitting.batch_size, verbose=0
        )
        estimator.given = batches, settings, [*fitting.keras_callbacks]
        estimator.fit(np.zeros((2, 1)), np.array([0.0, 1.0]))

    return through


class _Recording:
    """In the place of a compiled network: keeps what its `fit` is called with."""

    compiled, loss, optimizer = True, "mse", "sgd"
    calls: tuple[tuple[Any, ...], dict[str, Any]] | None = None

    def fit(self, *given: Any, **named: Any) -> Any:
        """Keep it."""
        self.calls = given, named
        return SimpleNamespace(history={"loss": [0.0]}, params={}, epoch=[0])


def _try(through: Way) -> None:
    """Have it train nothing; DoesOtherwise, or what SciKeras or scikit-learn raises, where networks cannot be trained so."""
    model, batches, callback = _Recording(), object(), object()
    settings = {"steps_per_epoch": 3, "validation_data": object()}
    fitting = SimpleNamespace(model=model, seed=1, epochs=2, batch_size=4, keras_callbacks=[callback])
    through(fitting, batches, settings)  # type: ignore[arg-type]
    given, named = model.calls or ((), {})
    called = dict(zip(("x", "y"), given, strict=False)) | {name: value for name, value in named.items() if value}
    expected = {"epochs": 2, "callbacks": [callback], **settings}
    wrong = [name for name, value in expected.items() if called.get(name) != value]
    if called.get("x") is not batches or wrong or set(called) - {"x", "y", "shuffle", *expected}:
        raise DoesOtherwise(f"it calls Keras's fit with {', '.join(sorted(called)) or 'nothing'}")
