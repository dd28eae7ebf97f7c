"""The features are put on the device once, and stay as narrow as they are: copies in every call cost seconds."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def found(in_worker, tmp_path_factory):
    """What the programs get of features that are small whole numbers, and of the same as floats; whether scores agree."""
    folder = tmp_path_factory.mktemp("features")
    in_worker("fused.feature_cases", folder)
    return json.loads((folder / "features.json").read_text())


def test_every_call_gets_the_same_array_that_is_on_the_device(found):
    for kind in ("narrow", "wide"):
        assert {name for name, *_ in found[kind]} == {"epoch", "predict"}
        assert len({tuple(rest) for _, *rest in found[kind]}) == 1
        assert all(is_on_device for _, is_on_device, *_ in found[kind])


def test_features_in_a_file_that_workers_share_are_not_copied(found):
    assert found["alias"]


def test_pixels_take_a_byte_there_and_score_as_floats_do(found):
    assert found["narrow"][0][2] == "int8"
    assert found["wide"][0][2] == "float32"
    assert found["equal"]
