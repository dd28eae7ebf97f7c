"""scikit-learn's TfidfVectorizer for tables: its weights are no sparse matrix, and a missing text is an empty one."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from sklearn.base import TransformerMixin
from sklearn.feature_extraction.text import TfidfVectorizer


class DenseTfidf(TransformerMixin, TfidfVectorizer):
    """TF-IDF of one column of texts, as an array of shape (rows, words)."""

    def fit(self, X: Any, y: Any = None) -> DenseTfidf:
        """Learn the words of these texts."""
        super().fit(_texts(X), y)
        return self

    def transform(self, X: Any) -> NDArray[np.float64]:
        """The weights of the known words in these texts."""
        return np.asarray(super().transform(_texts(X)).toarray())


def _texts(X: Any) -> list[str]:
    return [text if isinstance(text, str) else "" for text in X]
