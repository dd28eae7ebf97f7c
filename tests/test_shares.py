"""Shares of the rows that train: each class has its part, and a larger share holds a smaller one."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from gridloom.core.data import Data
from gridloom.core.shares import rows_of_share

RARE = Data(np.zeros((300, 1)), (np.arange(300) % 50 == 7).astype(int), classes=("fine", "ill"))
NUMBERS = Data(np.zeros((300, 1)), np.arange(300.0))
TRAIN = np.arange(0, 300, 3)  # with two of the rare class


@pytest.mark.parametrize("seed", range(20))
def test_a_small_share_has_rows_of_every_class_in_proportion(seed):
    tenth, half = (rows_of_share(TRAIN, share, RARE, seed) for share in (0.1, 0.5))
    assert (len(tenth), RARE.y[tenth].sum()) == (10, 1)
    assert (len(half), RARE.y[half].sum()) == (50, 1)


@pytest.mark.parametrize("data", [RARE, NUMBERS])
def test_a_larger_share_holds_a_smaller_one_and_rows_keep_their_order(data):
    shares = [rows_of_share(TRAIN, share, data, 3) for share in (0.001, 0.1, 1 / 3, 1.0)]
    assert [len(rows) for rows in shares] == [1, 10, 33, 100]
    assert all(set(small) < set(large) for small, large in pairwise(shares))
    assert all((np.diff(rows) > 0).all() for rows in shares)
    np.testing.assert_array_equal(shares[-1], TRAIN)
