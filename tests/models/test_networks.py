"""Networks of all kinds of outputs are kept, and predict probabilities; by hand, with plain numpy, they are the same."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from gridloom_plugins.engines import fused
from models.kept_networks import OUTPUTS

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def answers(tmp_path_factory):
    """What the script says of each network, in a process of its own."""
    folder = tmp_path_factory.mktemp("networks")
    path = os.pathsep.join(filter(None, [str(Path(__file__).parents[1]), os.environ.get("PYTHONPATH")]))
    done = subprocess.run(
        [sys.executable, "-m", "models.kept_networks", folder],
        env=os.environ
        | {"PYTHONPATH": path}
        | fused.environment({})
        | {"XLA_FLAGS": "--xla_backend_optimization_level=0 --xla_llvm_disable_expensive_passes=true"},
        capture_output=True,
        text=True,
        timeout=600,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return {answer["outputs"]: answer for answer in map(json.loads, done.stdout.splitlines())}


def test_probabilities_are_those_by_hand_whatever_the_network_ends_in(answers):
    for name in OUTPUTS:
        answer = answers[name]
        assert answer["wrong"] < 1e-6, name
        assert (
            answer["shape"]
            == [60, OUTPUTS[name][1] if isinstance(OUTPUTS[name][0], str) else OUTPUTS[name][0] or 1][
                : len(answer["shape"])
            ]
        ), name
        is_plain = OUTPUTS[name][1] == 1 or isinstance(OUTPUTS[name][0], str)
        coded = "numbers" if is_plain else "labels" if "sparse" in OUTPUTS[name][3].lower() else "one_hot"
        assert answer["note"]["training"]["targets"] == coded


def test_the_script_of_a_network_makes_the_same_layers_compiled_in_the_same_way(answers):
    assert {name for name in (*OUTPUTS, "branches") if not answers[name]["same"]} == set()


def test_a_network_with_two_inputs_predicts_the_same_loaded_and_by_its_script(answers):
    answer = answers["inputs"]
    assert max(answer["wrong"], answer["wrong by script"]) < 1e-6
    assert answer["made"] == [60, 1]


def test_a_lambda_layer_is_not_kept_and_that_is_said_in_words(answers):
    assert "it has a Lambda layer, whose Python code Keras does not load from a file" in answers["lambda"]["said"]


def test_a_layer_of_a_plugin_is_loaded_for_those_who_name_it(answers):
    assert (
        "Keras cannot find class 'Shifted'; if you trust the model, name the plugin that defines it"
        in answers["own"]["said"]
    )
