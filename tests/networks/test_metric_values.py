"""What a metric notes of an epoch is one number, or the run stops."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom import StopRun
from gridloom_plugins.networks.metric_values import one_value


def test_an_array_of_one_number_is_that_number():
    assert one_value("f1_score", np.array([0.5], np.float32)) == 0.5
    assert one_value("loss", 0.25) == 0.25


def test_several_values_stop_the_run():
    with pytest.raises(StopRun, match=r"the metric 'f1_score' gives 3 values per epoch.*F1Score\(average='macro'\)"):
        one_value("f1_score", np.zeros(3))
