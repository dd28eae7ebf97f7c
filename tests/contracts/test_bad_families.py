"""Every check of the contract of families fails for a family that breaks it."""

from __future__ import annotations

import pytest

from contracts.breaking import Bad, breaks, checks_of
from gridloom.testing import FamilyContract


def family(body, choices="1, 2", annotation="int", extra=""):
    lines = "\n        ".join(body.splitlines())
    return f"""
{extra}

def apply(draft, size: {annotation}):
    for layer in draft.hidden:
        {lines}

@gridloom.hookimpl
def gridloom_families():
    yield gridloom.Family("bad", "Bad.", apply, (Parameter("size", Choices({choices})),))
"""


WHOLE_DRAFT = 'draft.loss["label_smoothing"] = 0.1'
WIDEN_ALL = """
def apply(draft, size: int):
    for layer in draft.layers:
        if "units" in layer:
            layer["units"] = size

@gridloom.hookimpl
def gridloom_families():
    yield gridloom.Family("bad", "Bad.", apply, (Parameter("size", Choices(7, 9)),))
"""

BAD = {
    "test_its_default_values_are_valid": Bad(
        family('layer["units"] = size', choices="1, 2.5"), "a default value is not valid in YAML"
    ),
    "test_it_changes_every_network_it_claims_to": Bad(
        family('if layer.class_name == "LSTM":\n    layer["units"] = size'),
        r"\{'size': 1\} changes nothing in the network 'dense' \(binary\)",
    ),
    "test_it_says_so_when_it_cannot_change_a_network": Bad(
        WIDEN_ALL, r"changes the network 'linear' \(binary\), but cannot_change lists it"
    ),
    "test_its_parameters_each_matter": Bad(family('layer["units"] = 3'), "values of 'size' make the same network"),
    "test_it_edits_alike_every_time": Bad(
        family('layer["units"] = random.random()', extra="import random"), "makes two different edits of"
    ),
    "test_it_keeps_the_outputs": Bad(WIDEN_ALL, r"\{'size': 7\} changes how many outputs"),
    "test_networks_are_trained_with_it": Bad(
        family('layer["activation"] = f"no such thing {size}"'),
        r"(?s)cannot be trained \(binary\);.*no such thing 2",
        attributes={"experiment": {"engine": "fused"}},
    ),
}

EACH = [pytest.param(check, marks=pytest.mark.slow if "trained" in check else ()) for check in BAD]


@pytest.mark.parametrize("check", EACH)
def test_the_check_fails_for_the_bad_family(check, tmp_path):
    breaks(FamilyContract, check, BAD[check], tmp_path, tmp_path=tmp_path)


def test_every_check_has_a_bad_family():
    assert set(BAD) == checks_of(FamilyContract)


def test_a_family_that_takes_a_layer_out_loses_the_output(tmp_path):
    bad = Bad(family("draft.layers.remove(layer)"), r"removes \[\('hidden',\)\] from the network 'dense'")
    breaks(FamilyContract, "test_it_keeps_the_outputs", bad, tmp_path)


def test_a_misspelt_network_is_an_error(tmp_path):
    bad = Bad(
        family('layer["units"] = size'),
        r"cannot_change names \['liner'\]; known are linear, dense, ",
        attributes={"cannot_change": ["liner"]},
    )
    breaks(FamilyContract, "test_it_changes_every_network_it_claims_to", bad, tmp_path)


@pytest.mark.slow
def test_a_family_whose_edit_some_losses_do_not_know_is_found_out_by_training(tmp_path):
    text = """
def apply(draft, smoothing: float):
    draft.loss["label_smoothing"] = smoothing

@gridloom.hookimpl
def gridloom_families():
    yield gridloom.Family("bad", "Bad.", apply, (Parameter("smoothing", Choices(0.0, 0.1)),))
"""
    bad = Bad(
        text,
        r"(?s)cannot be trained \(multiclass\);.*unexpected keyword argument 'label_smoothing'",
        attributes={"cannot_change": [], "experiment": {"engine": "fused"}},
    )
    breaks(FamilyContract, "test_networks_are_trained_with_it", bad, tmp_path, tmp_path=tmp_path)
