"""Why a search is left to scikit-learn."""

from __future__ import annotations


class NotFused(Exception):
    """The engine `fused` cannot train a search as the estimator would; the message is the reason, without a full stop."""
