"""How much a hyperparameter matters, in words."""

from __future__ import annotations

import pytest

from gridloom import Effects, Importance, Importances, Share
from gridloom_plugins.figures.effects import weights_of


@pytest.mark.parametrize(
    ("share", "noise", "words"),
    [
        (0.62, 0.05, "62 % of the variance, noise 5 %"),
        (0.031, 0.030, "3 % of the variance, noise 3 %"),
        (0.05, 0.05, "no detectable effect"),
        (0.62, 41.88, "no detectable effect"),
        (0.0, 0.0, "no detectable effect"),
    ],
)
def test_an_effect_that_is_no_larger_than_noise_is_called_no_detectable_effect(share, noise, words):
    effects = Effects("seeds", (), (), (Share(("rate",), share, noise),), None)
    assert weights_of(effects) == {("rate",): (share, words)}


@pytest.mark.parametrize(
    ("loss", "words"),
    [
        (1.234, "permutation importance 1.23"),
        (0.005, "permutation importance 0.01"),
        (0.004, "no detectable effect"),
        (-0.001, "no detectable effect"),
        (-0.3, "no detectable effect"),
    ],
)
def test_an_importance_that_would_be_shown_as_zero_or_below_is_called_no_detectable_effect(loss, words):
    effects = Effects("seeds", (), (), None, Importances(0.5, (Importance("rate", loss),)))
    assert weights_of(effects) == {("rate",): (loss, words)}
