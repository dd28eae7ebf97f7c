"""The scales of axes: an experiment's ranges declare them."""

from __future__ import annotations

import pytest

from gridloom_plugins.figures.axes import Scale, axis_of
from gridloom_plugins.figures.effects import main_effects
from gridloom_plugins.figures.parallel import parallel
from gridloom_plugins.figures.scales import declared_scales
from reporters.searches import MANIFEST, grid, searched

LINEAR = {"low": 1.0, "high": 1000.0, "scale": "linear"}
LOG = {"low": 1.0, "high": 1000.0, "scale": "log"}
FAR_APART = [1.0, 30.0, 1000.0]
EVEN = [400.0, 450.0, 500.0]


def with_space(folder, space, **domains):
    manifest = {**MANIFEST, "experiment": {**MANIFEST["experiment"], "search": {"space": space}}}
    return searched(grid(**domains), folder, manifest=manifest)


@pytest.mark.parametrize(("declared", "scale"), [(LINEAR, Scale.LINEAR), (LOG, Scale.LOG), (FAR_APART, Scale.LOG)])
@pytest.mark.parametrize("values", [FAR_APART, EVEN])
def test_a_declared_scale_decides_and_a_list_goes_by_its_values(tmp_path, declared, scale, values):
    result = with_space(tmp_path, {"m": {"x": declared, "y": [1, 2]}}, x=values, y=[1, 2])
    wanted = scale if declared is not FAR_APART or values is FAR_APART else Scale.LINEAR
    by_name = {effect.parameter: effect.axis.scale for effect in main_effects(result, 9)}
    drawn = parallel(result, 9, 9)
    assert by_name == {"x": wanted, "y": Scale.LINEAR}
    assert dict(zip(drawn.names, (axis.scale for axis in drawn.axes), strict=True)) == by_name


@pytest.mark.parametrize(
    ("space", "scales"),
    [
        ({"m": {"x": LOG}, "n": {"x": LINEAR}}, {"m.x": Scale.LOG, "n.x": Scale.LINEAR}),
        ([{"m": {"x": LOG}}, {"n": {"x": [1, 2]}}], {"m.x": Scale.LOG}),
        (
            {"preprocess": {"pca": {"share": LINEAR}}},
            {"preprocess.pca.share": Scale.LINEAR, "pca.share": Scale.LINEAR, "share": Scale.LINEAR},
        ),
        ({"m": {"x": {**LOG, "when": {"y": 1}}, "y": [1, 2]}}, {"m.x": Scale.LOG, "x": Scale.LOG}),
        ({"m": {"x": {"values": [1, 2], "when": {"z": [3]}}, "z": LOG}}, {"m.z": Scale.LOG, "z": Scale.LOG}),
        ({"m": {"low": [1, 2], "high": [3, 4]}}, {}),
        ({}, {}),
    ],
)
def test_scales_are_found_by_the_names_that_parameters_have_in_reports(tmp_path, space, scales):
    assert declared_scales(with_space(tmp_path, space, x=[1, 2])) == scales


def test_numbers_that_have_no_logarithm_do_not_have_that_scale():
    assert axis_of([0.0, 1.0], Scale.LOG).scale is Scale.LINEAR


def test_names_have_places_whatever_is_declared():
    assert axis_of(["a", "b"], Scale.LINEAR).scale is Scale.CATEGORIES
