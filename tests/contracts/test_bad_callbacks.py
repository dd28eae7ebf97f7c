"""Every check of the contract of callbacks fails for a callback that breaks it."""

from __future__ import annotations

import pytest

from contracts.breaking import Bad, breaks, checks_of
from gridloom.testing import CallbackContract


def callback(body, fields=""):
    lines = "\n        ".join(body.splitlines())
    return f"""
import random
from dataclasses import dataclass
from gridloom import Callback, Decision, Epoch

KEPT = []
DECIDES = object()

@dataclass
class Decides:
    '''Decides.'''
    def after_epoch(self, epoch: Epoch) -> Decision:
        '''Decide.'''
        {lines}

@gridloom.hookimpl
def gridloom_callbacks():
    yield Callback("bad", "Bad.", {fields or "Decides"})
"""


FALLING = {"name": "falling"}

BAD = {
    "test_each_training_gets_a_new_one": [
        Bad(callback("return None", "lambda: DECIDES"), "returns the same object twice"),
        Bad(callback("return None", "lambda: object()"), r"object has no method after_epoch\(epoch\)"),
        Bad(callback("return None", "Decides, keras=True"), "it returns a Decides, not a keras.callbacks.Callback"),
    ],
    "test_it_decides_alike_every_time": [
        Bad(callback("KEPT.append(1)\nreturn Decision(stop=len(KEPT) > 9)"), "keep what it knows of a training in the object made for it", FALLING),
        Bad(callback("return Decision(learning_rate=random.random())"), "do not use random numbers", FALLING),
    ],
    "test_it_decides_what_an_engine_can_do": [
        Bad(callback("return True"), "returns True after epoch 1", FALLING),
        Bad(callback("return Decision(learning_rate=epoch.logs['loss'])"), "sets the learning rate nan", {"name": "not a number"}),
    ],
    "test_it_leaves_the_logs_alone": [
        Bad(callback("epoch.logs['loss'] = 0.0"), "changes the logs"),
    ],
    "test_a_longer_training_begins_as_a_shorter_one_does": [
        Bad(callback("return Decision(stop=2 * epoch.number > epoch.total)"), "depends_on_total=True"),
    ],
    "test_it_says_so_when_nothing_is_noted_by_the_name_that_it_monitors": [
        Bad(callback("return Decision(stop=epoch.logs['loss'] > 9)"), "it raises KeyError", error=pytest.fail.Exception),
    ],
    "test_a_real_run_does_what_it_decides": [
        Bad(callback("raise ValueError('no such luck')"), "no such luck"),
    ],
}  # fmt: skip


@pytest.mark.parametrize(("check", "bad"), [(check, bad) for check, found in BAD.items() for bad in found])
def test_the_check_fails(check, bad, tmp_path):
    breaks(CallbackContract, check, bad, tmp_path, tmp_path=tmp_path)


def test_there_is_a_bad_callback_for_every_check():
    assert set(BAD) == checks_of(CallbackContract)
