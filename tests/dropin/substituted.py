"""A pytest plugin that puts Gridloom's searches in the place of scikit-learn's, for scikit-learn's own tests."""

import sklearn.model_selection
import sklearn.model_selection._search
import sklearn.model_selection._search_successive_halving

import gridloom.sklearn

for name in gridloom.sklearn.__all__:
    for module in (
        sklearn.model_selection,
        sklearn.model_selection._search,
        sklearn.model_selection._search_successive_halving,
    ):
        if hasattr(module, name):
            setattr(module, name, getattr(gridloom.sklearn, name))
