"""Drop-in replacements of scikit-learn's searches, which train Keras estimators with the engine `fused`.

>>> from gridloom.sklearn import GridSearchCV  # instead of sklearn.model_selection  # doctest: +SKIP
"""

from gridloom.sklearn.searches import GridSearchCV, HalvingGridSearchCV, HalvingRandomSearchCV, RandomizedSearchCV

__all__ = ["GridSearchCV", "HalvingGridSearchCV", "HalvingRandomSearchCV", "RandomizedSearchCV"]
