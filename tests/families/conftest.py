"""Drafts of a plain and of a normalized network, and the layers of the plain one."""

from __future__ import annotations

import pytest

from families.networks import dense, draft_of
from gridloom import Layer


@pytest.fixture
def first():
    return dense("first", 12)


@pytest.fixture
def second():
    return dense("second", 6, "tanh")


@pytest.fixture
def output():
    return dense("output", 1, "sigmoid", is_output=True)


@pytest.fixture
def draft(first, second, output):
    """Two hidden layers, then the output."""
    return draft_of(first, second, output)


@pytest.fixture
def normalized(output):
    """A network that activates by a layer of its own, and so does its output."""
    return draft_of(
        dense("wide", 12, "linear"),
        Layer("BatchNormalization", {"momentum": 0.99}, path=("norm",)),
        Layer("Activation", {"activation": "relu"}, path=("act",)),
        dense("narrow", 6, "tanh"),
        dense("logit", 1, "linear", is_output=True),
        Layer("Activation", {"activation": "sigmoid"}, path=("squash",), is_output=True),
    )
