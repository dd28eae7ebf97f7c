"""Drop-in replacements of scikit-learn's searches, which train Keras estimators with the engine `fused`; and such an estimator.

>>> from gridloom.sklearn import GridSearchCV  # instead of sklearn.model_selection  # doctest: +SKIP
"""

from gridloom.sklearn.keras_model import KerasModel
from gridloom.sklearn.searches import GridSearchCV, HalvingGridSearchCV, HalvingRandomSearchCV, RandomizedSearchCV

__all__ = ["GridSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV", "KerasModel", "RandomizedSearchCV"]
