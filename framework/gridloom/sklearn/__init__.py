"""Drop-in replacements of scikit-learn's searches, which train Keras estimators with the engine `fused`; and such an estimator.

>>> from gridloom.sklearn import GridSearchCV  # instead of sklearn.model_selection  # doctest: +SKIP

They are imported on first access: workers, which make networks by the plans of this package, need none of them.
"""

from typing import TYPE_CHECKING, Any

__all__ = ["GridSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV", "KerasModel", "RandomizedSearchCV"]

if TYPE_CHECKING:
    from gridloom.sklearn.keras_model import KerasModel
    from gridloom.sklearn.searches import GridSearchCV, HalvingGridSearchCV, HalvingRandomSearchCV, RandomizedSearchCV
else:

    def __getattr__(name: str) -> Any:
        from importlib import import_module

        if name not in __all__:
            raise AttributeError(f"module 'gridloom.sklearn' has no attribute {name!r}", name=name)
        return getattr(import_module(f"gridloom.sklearn.{'keras_model' if name == 'KerasModel' else 'searches'}"), name)

    def __dir__() -> list[str]:
        return sorted({*globals(), *__all__})
