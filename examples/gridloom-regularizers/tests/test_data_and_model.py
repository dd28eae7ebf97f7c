"""The data set `shapes` and the model builder `conv_net`."""

from __future__ import annotations

import numpy as np
import pytest

from gridloom import DataError, StopRun, Task
from gridloom.testing import DatasetContract, ModelBuilderContract
from gridloom_regularizers import conv_net, shapes


class TestShapes(DatasetContract):
    name = "shapes"
    task = Task("multiclass", (12, 12, 1), 3)
    rows = 600
    refused = {
        "rows": [1, 2.5],
        "kinds": [["disc"], ["disc", "star"], "disc"],
        "noise": [-0.1],
        "mislabelled": [-0.1, 1.1],
    }


class TestTwoShapes(DatasetContract):
    name = "shapes"
    options = {"rows": 40, "kinds": ["cross", "ring"], "mislabelled": 0.25}
    task = Task("binary", (12, 12, 1), 2)
    rows = 40


class TestConvNet(ModelBuilderContract):
    name = "conv_net"
    options = {"filters": 2, "dense": 4}
    input_shape = (12, 12, 1)
    experiment = {"dataset": {"name": "shapes", "rows": 24}}
    refused = {"filters": [0, 1.5, "many"], "kernel_size": [0], "dense": [0]}


class TestConvNetOfGreyImages(ModelBuilderContract):
    name = "conv_net"
    input_shape = (1, 5)
    experiment = {"dataset": {"name": "shapes", "rows": 24}}


def test_every_kind_is_drawn_differently_and_equally_often():
    data = shapes.load(rows=80, kinds=("disc", "square", "cross", "ring"), noise=0.0)
    assert np.bincount(data.y).tolist() == [20] * 4
    assert set(np.unique(data.X)) == {0.0, 1.0}
    disc, square, cross, ring = (data.X[data.y == label].mean(axis=0)[..., 0] for label in range(4))
    assert ring[6, 6] < cross[6, 6] == 1
    assert square[2, 2] > disc[2, 2]
    assert cross.sum() < disc.sum()


def test_some_labels_are_wrong_where_that_is_asked_for():
    right, wrong = (shapes.load(rows=300, mislabelled=share).y for share in (0.0, 0.3))
    assert 30 < (right != wrong).sum() < 90


@pytest.mark.parametrize("options", [{"kinds": ("disc", "disc")}, {"rows": 2}])
def test_kinds_that_cannot_be_told_apart_or_shown_are_refused(options):
    with pytest.raises(DataError, match="shapes: the kinds must differ, and there must be a row of each"):
        shapes.load(**options)


def test_rows_that_are_no_images_are_refused():
    with pytest.raises(StopRun, match=r"conv_net takes images, but the rows of these data have the shape \(8,\)"):
        conv_net.build(Task("binary", (8,), 2))
