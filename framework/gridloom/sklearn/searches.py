"""scikit-learn's searches with another way of training: the loop, the splits, the scores and the results are its own."""

from __future__ import annotations

import warnings
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from sklearn import model_selection
from sklearn.base import is_classifier
from sklearn.experimental import enable_halving_search_cv  # noqa: F401  (makes two of them importable)
from sklearn.model_selection import check_cv
from sklearn.model_selection._search import BaseSearchCV

from gridloom.sklearn.fused_search import FusedSearch, is_keras
from gridloom.sklearn.ignored import warn_of_ignored
from gridloom.sklearn.random_states import RandomStates
from gridloom.sklearn.reasons import NotFused

if TYPE_CHECKING:
    from collections.abc import Iterator

    from gridloom.results.result import Result


class _Fused(BaseSearchCV):
    """What all four have in common.

    After `fit` with a Keras estimator, `engine_` is "fused" or "scikit-learn"; `why_not_fused_` says why something was not
    trained by the engine `fused`, and is empty if all was; `result_` is the `gridloom.Result` of the last candidates, or None.
    """

    cv: Any
    _fused: FusedSearch | None = None
    engine_: str
    why_not_fused_: str
    result_: Result | None

    def fit(self, X: Any, y: Any = None, **params: Any) -> Any:
        """Run the search, as scikit-learn's class of the same name does.

        A Keras estimator is trained by the engine `fused` where that can follow it; otherwise a warning says why not.
        """
        for name in ("engine_", "why_not_fused_", "result_"):
            self.__dict__.pop(name, None)  # of an earlier fit
        if not is_keras(self.estimator):
            return super().fit(X, y, **params)
        self.engine_, self.why_not_fused_, self.result_ = "scikit-learn", "", None
        states = RandomStates(self)
        warn_of_ignored(self, X, y)
        states.restore()
        with self._with_splits_kept(y), TemporaryDirectory(prefix="gridloom-") as folder:
            try:
                return self._fit_fused(X, y, params, Path(folder))
            except NotFused as reason:
                self.why_not_fused_ = str(reason)
            states.restore()  # as it will draw anew
            warnings.warn(f"not trained by the engine 'fused': {self.why_not_fused_}", stacklevel=2)
            return super().fit(X, y, **params)

    @contextmanager
    def _with_splits_kept(self, y: Any) -> Iterator[None]:
        """Have splits that can be iterated over once ready for being asked for again."""
        given, self.cv = self.cv, check_cv(self.cv, y, classifier=is_classifier(self.estimator))
        try:
            yield
        finally:
            self.cv = given

    def _fit_fused(self, X: Any, y: Any, params: dict[str, Any], folder: Path) -> Any:
        self._fused = FusedSearch.of(self, X, y, params, folder)
        try:
            with self._fused.in_place():
                super().fit(X, y, **params)
            self._fused.complete(self)
            if self.why_not_fused_:
                warnings.warn(self.why_not_fused_, stacklevel=3)
        finally:
            del self._fused
        return self

    def _run_search(self, evaluate_candidates: Any, *, callback_ctx: Any = None) -> None:
        evaluate = self._fused.evaluating(evaluate_candidates, self.cv) if self._fused else evaluate_candidates
        super()._run_search(evaluate, **({} if callback_ctx is None else {"callback_ctx": callback_ctx}))

    def __getstate__(self) -> dict[str, Any]:
        """All but `result_`, which refers to the functions of a run."""
        state: dict[str, Any] = super().__getstate__()
        return state | {"result_": None} if "result_" in state else state


class GridSearchCV(_Fused, model_selection.GridSearchCV):
    """scikit-learn's `GridSearchCV`, with Keras estimators trained by the engine `fused`."""


class RandomizedSearchCV(_Fused, model_selection.RandomizedSearchCV):
    """scikit-learn's `RandomizedSearchCV`, with Keras estimators trained by the engine `fused`."""


class HalvingGridSearchCV(_Fused, model_selection.HalvingGridSearchCV):
    """scikit-learn's `HalvingGridSearchCV`, with Keras estimators trained by the engine `fused`."""


class HalvingRandomSearchCV(_Fused, model_selection.HalvingRandomSearchCV):
    """scikit-learn's `HalvingRandomSearchCV`, with Keras estimators trained by the engine `fused`."""
