"""What a compiled program would leave out is for another engine; what no engine can train is said of any."""

from __future__ import annotations

import json

import pytest

pytestmark = pytest.mark.slow

OVERRIDDEN = [
    "fit",
    "predict",
    "predict_step",
    "predict_on_batch",
    "test_step",
    "evaluate",
    "train_on_batch",
    "make_train_function",
    "reset_metrics",
    "__call__",
]
HONOURED = ["plain", "wrapped", "add_loss", "given", "adapted"]
REFUSED = {
    **{
        f"own {name}": f"Unsuitable: its class overrides {name}, which a compiled program does not call"
        for name in OVERRIDDEN
    },
    "put": "Unsuitable: its class overrides predict, which a compiled program does not call",
    "final": "Unsuitable: its optimizer overrides finalize_variable_values, which a compiled program does not call",
    "ema": "Unsuitable: its optimizer keeps a moving average of the weights (use_ema)",
    "counting": "Unsuitable: its state changes when it predicts, so its predictions depend on the rows before",
    "noise": "Unsuitable: it draws random numbers when it predicts, so its predictions depend on the rows before",
    "typo": "KeyError: 'a mistake of the builder'",
}
UNADAPTED = {
    "unadapted": "(Normalization) has not been adapted to data; call its adapt() in the builder, or give it mean and",
    "binned": "Discretization",
}


@pytest.fixture(scope="module")
def found(in_worker, tmp_path_factory):
    """What reading each network ends in."""
    folder = tmp_path_factory.mktemp("refused")
    (folder / "cases.json").write_text(json.dumps([*HONOURED, *REFUSED, *UNADAPTED]))
    in_worker("fused.refused_cases", folder)
    return json.loads((folder / "found.json").read_text())


def test_what_a_step_calls_may_be_the_builders_own(found):
    assert {case: found[case] for case in HONOURED} == dict.fromkeys(HONOURED, "")


def test_what_a_step_does_not_call_is_for_another_engine(found):
    assert {case: found[case] for case in REFUSED} == REFUSED


def test_layers_that_nobody_adapted_are_refused_as_no_engine_can_train_them(found):
    for case, said in UNADAPTED.items():
        assert found[case].startswith("ValueError")
        assert said in found[case]
